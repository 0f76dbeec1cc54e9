using Parley.Media;

namespace Parley.Tests.Data;

/// <summary>webrtc-extensions, "Always negotiating data channels".</summary>
public class AlwaysNegotiatedTests
{
    [Fact]
    public void FirstOffer_WithoutAChannel_HasDataFirstAndBundlesOnIt()
    {
        var pair = new Pair(
            configuration: new PeerConnectionConfiguration { AlwaysNegotiateDataChannels = true, BundlePolicy = BundlePolicy.MaxBundle });
        pair.Run(async () =>
        {
            Assert.True(pair.Alice.GetConfiguration().AlwaysNegotiateDataChannels);
            pair.TrickleBothWays();
            var needed = 0;
            pair.Alice.NegotiationNeeded += (_, _) => needed++;
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, needed);
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var sdp = pair.Alice.LocalDescription!.Sdp;
            Assert.Matches("(?s)m=application [1-9].*m=audio [1-9]", sdp);
            Assert.Contains("a=group:BUNDLE 0 1\r\n", sdp);
            Assert.Equal("1", pair.Alice.GetTransceivers()[0].Mid);
            await pair.ConnectedAsync();

            // The first channel asks for nothing: its section has been negotiated.
            var channel = pair.Alice.CreateDataChannel("later");
            var opened = new TaskCompletionSource();
            channel.Opened += (_, _) => opened.TrySetResult();
            await opened.Task;
            Assert.Equal(0, needed);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(1, pair.Alice.LocalDescription!.Sdp.Split("m=application").Length - 1);
        });
    }

    [Fact]
    public void LaterOffer_OfAConnectionThatAnsweredWithoutData_HasNone()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            pair.Bob.SetConfiguration(pair.Bob.GetConfiguration() with { AlwaysNegotiateDataChannels = true });
            Assert.DoesNotContain("m=application", (await pair.Bob.CreateOfferAsync()).Sdp);
        });
    }
}
