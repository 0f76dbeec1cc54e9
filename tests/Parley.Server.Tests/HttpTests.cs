using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace Parley.Server.Tests;

/// <summary>The page, its headers, health, and who may connect.</summary>
public sealed class HttpTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/index.html", "text/html")]
    [InlineData("/style.css", "text/css")]
    [InlineData("/app.js", "text/javascript")]
    public async Task Page_EachFile_ComesWithItsTypeAndTheSecurityHeaders(string path, string type)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        using HttpResponseMessage response = await http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.Contains($"ws://{server.Address.Authority}", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_KnownByItsTag_IsNotSentAgain()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        using HttpResponseMessage first = await http.GetAsync("/app.js");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/app.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await http.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/healthz", "ok\n")]
    [InlineData("/config.json", """{"iceServers":[]}""")]
    public async Task Text_AtItsPath_IsWhatItIs(string path, string expected)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        Assert.Equal(expected, await http.GetStringAsync(path));
    }

    [Fact]
    public async Task Configuration_WithIceServers_TellsThePage()
    {
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.IceServers.Add(new IceServerOptions(["stun:192.0.2.1:3478"]));
            o.IceServers.Add(new IceServerOptions(["turn:192.0.2.1"], "user", "secret"));
        });
        using var http = new HttpClient { BaseAddress = server.Address };

        JsonElement servers = JsonDocument.Parse(await http.GetStringAsync("/config.json")).RootElement.GetProperty("iceServers");
        Assert.Equal("""{"urls":["stun:192.0.2.1:3478"]}""", servers[0].GetRawText());
        Assert.Equal("""{"urls":["turn:192.0.2.1"],"username":"user","credential":"secret"}""", servers[1].GetRawText());
    }

    [Theory]
    [InlineData("/rooms/demo", HttpStatusCode.UpgradeRequired)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/../app.js.map", HttpStatusCode.NotFound)]
    public async Task Request_ThatIsNone_IsRefused(string path, HttpStatusCode expected)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        using HttpResponseMessage response = await http.GetAsync(path);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://[::1]", true)]
    [InlineData("https://good.example", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("http://127.0.0.1.evil.example", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("file:///home/me/page.html", false)]
    [InlineData("chrome-extension://localhost", false)]
    public async Task Origin_AtALoopbackServer_IsOfThisMachineOrAllowed(string origin, bool allowed)
    {
        await using ParleyServer server = await TestServer.StartAsync(o => o.AllowedOrigins.Add("https://good.example"));

        if (allowed)
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(server, "demo", origin: origin);
            await peer.ExpectAsync("welcome");
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => RawPeer.ConnectAsync(server, "demo", origin: origin));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("file://")]
    public async Task Origin_OfAFile_MayBeNamed(string origin)
    {
        await using ParleyServer server = await TestServer.StartAsync(o => o.AllowedOrigins.Add(origin));

        await using RawPeer peer = await RawPeer.ConnectAsync(server, "demo", origin: origin);
        await peer.ExpectAsync("welcome");
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:81", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("192.168.1.7:5080", true)]
    [InlineData("[::1]:5080", true)]
    [InlineData("calls.example", true)]
    [InlineData("proxy.example:8443", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost.evil.example:5080", false)]
    public async Task Host_OfARequest_IsOneOfTheServersNames(string host, bool allowed)
    {
        using var counted = new Counted("parley.signaling.refused", "Host");
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.AllowedHosts.Add("calls.example");
            o.AllowedOrigins.Add("https://proxy.example:8443");
        });
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (string path in (string[])["/", "/app.js", "/config.json", "/rooms/demo"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            using HttpResponseMessage response = await http.SendAsync(request);
            Assert.Equal(allowed, response.StatusCode != HttpStatusCode.MisdirectedRequest);
        }

        // Whoever asks for its health may do so by any name.
        Assert.Equal("ok\n", await http.GetStringAsync("/healthz"));
        await (allowed ? Task.CompletedTask : counted.ExpectAsync());
    }

    [Fact]
    public async Task Host_Any_IsAllowedWhenAsked()
    {
        await using ParleyServer server = await TestServer.StartAsync(o => o.AllowedHosts.Add("*"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        request.Headers.Host = "whatever.example";
        using HttpResponseMessage response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("gpj.\u202Eexe")]
    [InlineData("a\u200Bb")]
    [InlineData("a\u2066b")]
    [InlineData("\u0007")]
    public async Task Room_NameThatMisleads_IsRefused(string room)
    {
        await using ParleyServer server = await TestServer.StartAsync();

        await Assert.ThrowsAsync<WebSocketException>(() => RawPeer.ConnectAsync(server, Uri.EscapeDataString(room)));
    }

    [Fact]
    public async Task Room_NameTooLong_IsRefused()
    {
        await using ParleyServer server = await TestServer.StartAsync();

        await Assert.ThrowsAsync<WebSocketException>(() => RawPeer.ConnectAsync(server, new string('r', 65)));
        await using RawPeer peer = await RawPeer.JoinAsync(server, new string('r', 64));
    }

    [Fact]
    public async Task Start_PortTaken_ThrowsIOException()
    {
        await using ParleyServer server = await TestServer.StartAsync();

        await Assert.ThrowsAsync<IOException>(() => ParleyServer.StartAsync(new ParleyServerOptions { Port = server.Address.Port }));
    }
}
