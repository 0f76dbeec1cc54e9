using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>What is left of a transceiver once its stop has been negotiated.</summary>
public class StoppedTransceiverTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mid_OfATransceiverThatWasStopped_IsNullOnBothSides(bool offererStops)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var stays = pair.Alice.AddTransceiver(MediaKind.Audio);
            var mine = pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var theirs = pair.Bob.GetTransceivers()[1];
            Assert.Equal(("1", "1"), (mine.Mid, theirs.Mid));
            (offererStops ? mine : theirs).Stop();
            Assert.Equal("1", (offererStops ? mine : theirs).Mid);
            var (from, to) = offererStops ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
            await from.SetLocalDescriptionAsync();
            await to.SetRemoteDescriptionAsync(from.LocalDescription!);
            Assert.Equal(RtpTransceiverDirection.Stopped, (offererStops ? theirs : mine).CurrentDirection);
            Assert.Null((offererStops ? theirs : mine).Mid);
            await to.SetLocalDescriptionAsync();
            await from.SetRemoteDescriptionAsync(to.LocalDescription!);
            Assert.Equal(
                (RtpTransceiverDirection.Stopped, RtpTransceiverDirection.Stopped), (mine.CurrentDirection, theirs.CurrentDirection));
            Assert.Equal((null, null), (mine.Mid, theirs.Mid));
            Assert.Equal(stays, Assert.Single(pair.Alice.GetTransceivers()));
            Assert.Single(pair.Bob.GetTransceivers());

            // The place is used again, by a transceiver with a mid of its own.
            var next = pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal((next.Mid, null, null), (pair.Bob.GetTransceivers()[1].Mid, mine.Mid, theirs.Mid));
            Assert.NotNull(next.Mid);
        });
    }

    [Fact]
    public void Statistics_OfATransceiverThatAnOfferStops_EndBeforeTheAnswer()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            Assert.NotEmpty((await pair.Bob.GetStatsAsync()).OfType<OutboundRtpStreamStats>());
            call.Alice.Stop();
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Empty((await pair.Bob.GetStatsAsync()).OfType<RtpStreamStats>());
            Assert.Empty((await call.Bob.Sender.GetStatsAsync()).OfType<RtpStreamStats>());
            Assert.Empty((await call.Bob.Receiver.GetStatsAsync()).OfType<RtpStreamStats>());
            call.End();
        });
    }
}
