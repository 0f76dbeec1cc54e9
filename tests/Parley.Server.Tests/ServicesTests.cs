using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Parley.Server.Tests;

/// <summary>Signaling in an application of one's own: how it is configured, and what is said when it is not.</summary>
public sealed class ServicesTests
{
    [Fact]
    public void Options_FromSeveralCallsAndFromConfiguration_AddUp()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Signaling:MaxRooms"] = "7",
            ["Signaling:PingInterval"] = "00:00:09",
            ["Signaling:AllowedOrigins:0"] = "https://configured.example",
            ["Signaling:IceServers:0:Urls:0"] = "stun:stun.example",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddParleySignaling(options => options.RoomCapacity = 3);
        services.Configure<SignalingOptions>(configuration.GetSection("Signaling"));
        services.AddParleySignaling(options => options.AllowedOrigins.Add("https://added.example"));
        using ServiceProvider provider = services.BuildServiceProvider();

        SignalingOptions options = provider.GetRequiredService<IOptions<SignalingOptions>>().Value;
        Assert.Equal((3, 7, TimeSpan.FromSeconds(9)), (options.RoomCapacity, options.MaxRooms, options.PingInterval));
        Assert.Equal(["https://configured.example", "https://added.example"], options.AllowedOrigins);
        Assert.Equal(["stun:stun.example"], Assert.Single(options.IceServers).Urls);

        // The very options by which the rooms are kept.
        Assert.Same(options, provider.GetRequiredService<SignalingOptions>());
    }

    [Fact]
    public void Map_WithoutTheServices_NamesTheCallThatIsMissing()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        WebApplication application = builder.Build();

        foreach (Action map in (Action[])
        [
            () => application.MapParley(), () => application.MapParleySignaling(), () => application.MapParleyPage(),
        ])
        {
            Assert.Contains("AddParleySignaling()", Assert.Throws<InvalidOperationException>(map).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://name/", true)]
    [InlineData("https://name/path", true)]
    [InlineData("name", true)]
    [InlineData("https://name:443", true)]
    [InlineData("https://*.name", true)]
    [InlineData("", true)]
    [InlineData("https://name", false)]
    [InlineData("https://name:8443", false)]
    [InlineData("http://[::1]:5080", false)]
    [InlineData("*", false)]
    [InlineData("null", false)]
    public Task Start_BadOrigin_IsRefusedAndNamed(string origin, bool isBad) =>
        ExpectAsync(isBad, $"'{origin}'", o => o.AllowedOrigins.Add(origin));

    [Theory]
    [InlineData("stun:", true)]
    [InlineData("foo", true)]
    [InlineData("stun:[]", true)]
    [InlineData("http://name", true)]
    [InlineData("turn:name", true)]
    [InlineData("stun:name:99999", true)]
    [InlineData("stun:name", false)]
    [InlineData("stuns:[2001:db8::1]:5349", false)]
    public Task Start_BadIceServer_IsRefused(string url, bool isBad) =>
        ExpectAsync(isBad, "server", o => o.IceServers.Add(new IceServerOptions([url])));

    [Theory]
    [InlineData("10.0.0.0/33", true)]
    [InlineData("proxy", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("::1", false)]
    public Task Start_BadProxy_IsRefusedAndNamed(string proxy, bool isBad) =>
        ExpectAsync(isBad, $"'{proxy}'", o => o.TrustedProxies.Add(proxy));

    [Fact]
    public Task Start_BoundOutOfRange_IsRefusedAndNamed() => ExpectAsync(true, "RoomCapacity", o => o.RoomCapacity = 0);

    private static async Task ExpectAsync(bool isBad, string named, Action<SignalingOptions> configure)
    {
        if (isBad)
        {
            OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() =>
                TestServer.StartAsync(configure));
            Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        }
        else
        {
            await using ParleyServer server = await TestServer.StartAsync(configure);
        }
    }
}
