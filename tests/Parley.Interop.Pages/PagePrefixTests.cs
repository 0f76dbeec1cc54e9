using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Parley.Interop.Peers;
using Parley.Server;
using Parley.Signaling;

namespace Parley.Interop.Pages;

/// <summary>
/// The page and the client where a reverse proxy has a path prefix and wants a token; and the page's figures in another browser.
/// </summary>
public sealed class PagePrefixTests(Browser browser)
{
    [Fact]
    public async Task Prefix_AndToken_ThePageAndTheClientMeet()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddParleySignaling();
        await using WebApplication application = builder.Build();
        application.UsePathBase("/calls/v1");
        application.Use((context, next) =>
        {
            bool needsToken = context.Request.Path.StartsWithSegments("/rooms") || context.Request.Path == "/config.json";
            bool hasToken = context.Request.PathBase == "/calls/v1"
                && (context.Request.Query["access_token"] == "s3cret" || context.Request.Headers.Authorization == "Bearer s3cret");
            if (!needsToken || hasToken)
            {
                return next(context);
            }

            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        application.UseRouting();
        application.MapParley();
        await application.StartAsync();
        var address = new Uri(application.Urls.First() + "/calls/v1/");

        await using CallPage page = await browser.OpenAsync(new Uri(address, "?access_token=s3cret"), "prefix", "Ada");
        await using SignalingClient client = await SignalingClient.JoinAsync(
            address, "prefix", new SignalingClientOptions { Name = "Bob", AccessToken = "s3cret" });

        await page.WaitAsync("parley.peers.length === 1 && parley.peers[0].name === 'Bob'");
        Assert.Equal("Ada", Assert.Single(client.Peers).Name);
        Assert.Empty(page.Errors);
        SignalingException refused = await Assert.ThrowsAsync<SignalingException>(() => SignalingClient.JoinAsync(address, "prefix"));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{type:'transport',bytesReceived:N,bytesSent:N}]")] // Chromium
    // Firefox
    [InlineData(
        "[{type:'transport'},{type:'candidate-pair',bytesReceived:N,bytesSent:N},{type:'candidate-pair',bytesReceived:0,bytesSent:0}]")]
    [InlineData("[{type:'transport'},{type:'candidate-pair'},{type:'inbound-rtp',bytesReceived:N},{type:'outbound-rtp',bytesSent:N}]")]
    public async Task Bitrate_WhateverHasTheBytes_IsShown(string statistics)
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using CallPage page = await browser.OpenAsync(server.Address, "stats", "Ada");

        double[] rates = await page.Page.EvaluateAsync<double[]>(
            $$"""
            async () => {
              const { StatsHistory } = await import("./stats.js");
              const history = new StatsHistory();
              for (const N of [1000, 101000]) {
                const report = new Map({{statistics}}.map((entry, index) => [index, entry]));
                await history.sample({ getStats: async () => report });
                await new Promise((done) => setTimeout(done, 100));
              }
              return [history.samples[0].received, history.samples[0].sent];
            }
            """);

        Assert.All(rates, rate => Assert.True(rate > 0));
        Assert.Equal(rates[0], rates[1], 0.001);
    }
}
