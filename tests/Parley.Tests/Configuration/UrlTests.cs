namespace Parley.Tests.Configuration;

/// <summary>"Validate an ICE server URL" (webrtc-pc §4.4.1.6): what the URL standard takes and refuses.</summary>
public class UrlTests
{
    [Theory]
    [InlineData("stun:example\t.\norg")]
    [InlineData("stun:ex%61mple.net")]
    [InlineData("stun:[2001::1]")]
    [InlineData("stun:example.net:")]
    [InlineData("stun:example.net:0000000000000000")]
    [InlineData("stun:example.net:65535")]
    [InlineData(" STUN:GOO\u200bgoo.com\r ")]
    [InlineData("stun:你好你好")]
    [InlineData("stun:faß.ExAmPlE")]
    [InlineData("stun:%30%78%63%30%2e%30%32%35%30.01")]
    [InlineData("stun:192.168.257")]
    [InlineData("stun:192.0x00A80001")]
    [InlineData("stun:0xffffffff")]
    [InlineData("stun:1.2.3.4.")]
    [InlineData("stun:256.com")]
    [InlineData("stun:my_host")]
    [InlineData("stun:xn--mnchen-3ya.example")]
    [InlineData("stun:xn--6qqa088eba")]
    [InlineData("turn:[2001:db8::1]:443?transport=udp")]
    public void Url_WellFormed_IsTaken(string url) => Use(url);

    [Theory]
    [InlineData("stun:[]")]
    [InlineData("stun:[]:3478")]
    [InlineData("stun:[.]")]
    [InlineData("stun:example.net:65536")]
    [InlineData("stun:example.net:b")]
    [InlineData("stun:example.net: 21 ")]
    [InlineData("stun:example.net:-21")]
    [InlineData("stun:example.net#foo")]
    [InlineData("stun:example.net#")]
    [InlineData("stun:example.net?")]
    [InlineData("stun:example.net?transport=udp")]
    [InlineData("turn:example.net?")]
    [InlineData("turn:example.net?transport=UDP")]
    [InlineData("turn:example.net?transport=udp&x=y")]
    [InlineData("stun:user@example.net")]
    [InlineData("stun:example.net/foo")]
    [InlineData("stun:/example.net")]
    [InlineData("stun:[61:24:74]:98")]
    [InlineData("stun:[::127.0.0.1.]")]
    [InlineData("stun:[1.2.3.4]")]
    [InlineData("stun:[fe80::1%eth0]")]
    [InlineData("stun:[example.net]")]
    [InlineData("stun:192.168.0.257")]
    [InlineData("stun:256.256.256.256")]
    [InlineData("stun:10000000000")]
    [InlineData("stun:x x:12")]
    [InlineData("stun:a<b")]
    [InlineData("stun:a\\b")]
    [InlineData("stun:a^b")]
    [InlineData("stun:ho%00st")]
    [InlineData("stun:%25")]
    [InlineData("stun:example.com%80")]
    [InlineData("relative-url")]
    [InlineData("turn://example.org/foo?x=y")]
    public void Url_Malformed_IsASyntaxError(string url) => Refused.With(RtcErrorNames.SyntaxError, () => Use(url));

    [Fact]
    public void Credentials_OfTurn_MustBeThereAndMayBeEmpty()
    {
        Use("turn:example.org", "", "");
        Use("turns:example.org", new string('u', 509), "p");
        Refused.With(RtcErrorNames.InvalidAccessError, () => Use("turn:example.org", new string('u', 510), "p"));
        Refused.With(RtcErrorNames.InvalidAccessError, () => Use("turns:example.org", "u", null));
        Refused.With(RtcErrorNames.InvalidAccessError, () => Use("turn:example.org", null, "p"));
        Use("stun:example.org", null, null);
    }

    [Fact]
    public void Servers_BeyondTheLimit_AreIgnored()
    {
        var servers = Enumerable.Range(0, 64).Select(number => new IceServer($"stun:s{number}.example.org"));
        new PeerConnection(new PeerConnectionConfiguration { IceServers = [.. servers, new IceServer("nonsense")] }).Close();
        Refused.With(RtcErrorNames.SyntaxError, () =>
            new PeerConnection(new PeerConnectionConfiguration { IceServers = [.. servers.Take(63), new IceServer("nonsense")] }));
    }

    [Fact]
    public void Configuration_ThatTypesWouldRefuse_IsAnArgumentError()
    {
        Assert.ThrowsAny<ArgumentException>(() => new PeerConnection(new PeerConnectionConfiguration { IceServers = null! }));
        Assert.ThrowsAny<ArgumentException>(() => new PeerConnection(new PeerConnectionConfiguration { IceServers = [null!] }));
        Assert.ThrowsAny<ArgumentException>(() => new PeerConnection(new PeerConnectionConfiguration { Certificates = [null!] }));
        Assert.ThrowsAny<ArgumentException>(() => new PeerConnection(new PeerConnectionConfiguration { BundlePolicy = (BundlePolicy)9 }));
        Assert.ThrowsAny<ArgumentException>(() =>
            new PeerConnection(new PeerConnectionConfiguration { IceTransportPolicy = (IceTransportPolicy)9 }));
        Assert.ThrowsAny<ArgumentException>(() => new PeerConnection(new PeerConnectionConfiguration { RtcpMuxPolicy = (RtcpMuxPolicy)9 }));
    }

    [Fact]
    public void GetConfiguration_HasTheDefaultsAndIsACopy()
    {
        IceServer[] servers = [new("stun:one.example")];
        var connection = new PeerConnection(new PeerConnectionConfiguration { IceServers = servers });
        servers[0] = new IceServer("stun:two.example");
        var configuration = connection.GetConfiguration();
        Assert.Equal("stun:one.example", Assert.Single(Assert.Single(configuration.IceServers).Urls));
        Assert.Equal((IceTransportPolicy.All, BundlePolicy.Balanced, RtcpMuxPolicy.Require, 0, 0),
            (configuration.IceTransportPolicy, configuration.BundlePolicy, configuration.RtcpMuxPolicy, configuration.Certificates.Count,
                configuration.IceCandidatePoolSize));
        connection.Close();
    }

    [Fact]
    public void PoolSize_AfterSetLocalDescriptionWasCalled_CannotChange()
    {
        var connection = new PeerConnection();
        _ = connection.SetLocalDescriptionAsync();
        Refused.With(RtcErrorNames.InvalidModificationError, () =>
            connection.SetConfiguration(connection.GetConfiguration() with { IceCandidatePoolSize = 1 }));
        connection.SetConfiguration(connection.GetConfiguration());
        connection.Close();
    }

    private static void Use(string url, string? username = "u", string? credential = "c") =>
        new PeerConnection(
            new PeerConnectionConfiguration { IceServers = [new IceServer(url) { Username = username, Credential = credential }] }).Close();
}
