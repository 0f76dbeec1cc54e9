using Parley.Media;

namespace Parley.Tests.Negotiation;

public class NegotiationNeededTests
{
    [Fact]
    public void Needed_NothingToNegotiate_DoesNotFire() => Expect(0, pair => { });

    [Fact]
    public void Needed_TrackAdded_Fires() => Expect(1, pair => pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video)));

    [Fact]
    public void Needed_TransceiverAdded_Fires() => Expect(1, pair => pair.Alice.AddTransceiver(MediaKind.Video));

    [Fact]
    public void Needed_FirstDataChannel_Fires() => Expect(1, pair => pair.Alice.CreateDataChannel("d"));

    [Fact]
    public void Needed_SecondDataChannel_DoesNotFire() =>
        Expect(0, pair => pair.Alice.CreateDataChannel("2"), first: pair => pair.Alice.CreateDataChannel("1"));

    [Fact]
    public void Needed_SeveralChangesAtOnce_FiresOnce() => Expect(1, pair =>
    {
        pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
        pair.Alice.AddTransceiver(MediaKind.Audio);
        pair.Alice.CreateDataChannel("d");
        pair.Alice.RestartIce();
    });

    [Fact]
    public void Needed_DirectionChanged_Fires() =>
        Expect(1, pair => pair.Alice.GetTransceivers()[0].Direction = RtpTransceiverDirection.Inactive);

    [Fact]
    public void Needed_DirectionChangedAndBack_DoesNotFire() => Expect(0, pair =>
    {
        var transceiver = pair.Alice.GetTransceivers()[0];
        transceiver.Direction = RtpTransceiverDirection.Inactive;
        transceiver.Direction = RtpTransceiverDirection.SendRecv;
    });

    [Fact]
    public void Needed_OfferersDirectionBecomesWhatWasAnswered_DoesNotFire() =>
        Expect(0, pair => pair.Alice.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendOnly);

    [Fact]
    public void Needed_AnswerersDirectionDoesNotChangeTheIntersection_DoesNotFire() => ExpectOfBob(
        0,
        first: pair => pair.Alice.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendOnly,
        change: pair => pair.Bob.GetTransceivers()[0].Direction = RtpTransceiverDirection.RecvOnly,
        streamsOfBob: []);

    [Fact]
    public void Needed_AnswererWantsToSend_Fires() => ExpectOfBob(
        1,
        first: _ => { },
        change: pair => pair.Bob.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendRecv,
        streamsOfBob: []);

    [Fact]
    public void Needed_TrackRemoved_Fires() => Expect(1, pair => pair.Alice.RemoveTrack(pair.Alice.GetSenders()[0]));

    [Fact]
    public void Needed_TrackReplaced_DoesNotFire() =>
        Expect(0, pair => _ = pair.Alice.GetSenders()[0].ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Audio)));

    [Fact]
    public void Needed_TrackReplacedByNull_DoesNotFire() => Expect(0, pair => _ = pair.Alice.GetSenders()[0].ReplaceTrackAsync(null));

    [Fact]
    public void Needed_OtherStreams_Fires() => Expect(1, pair => pair.Alice.GetSenders()[0].SetStreams(new MediaStream("other")));

    [Fact]
    public void Needed_NoStreams_Fires() => Expect(1, pair => pair.Alice.GetSenders()[0].SetStreams());

    [Fact]
    public void Needed_SameStreams_DoesNotFire() => Expect(0, pair => pair.Alice.GetSenders()[0].SetStreams(new MediaStream("s")));

    [Fact]
    public void Needed_TransceiverStopped_Fires() => Expect(1, pair => pair.Alice.GetTransceivers()[0].Stop());

    [Fact]
    public void Needed_IceRestartAsked_FiresAndOnlyOnce() => Expect(1, pair =>
    {
        pair.Alice.RestartIce();
        pair.Alice.RestartIce();
    });

    [Fact]
    public void Needed_RestartBeforeAnyDescription_DoesNotFire()
    {
        var pair = new Pair();
        var fired = 0;
        pair.Alice.NegotiationNeeded += (_, _) => fired++;
        pair.Run(async () =>
        {
            pair.Alice.RestartIce();
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
        });
        Assert.Equal(0, fired);
    }

    [Fact]
    public void Needed_ChangedWhileAnOfferIsOut_FiresAfterTheAnswer()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            var fired = 0;
            pair.Alice.NegotiationNeeded += (_, _) =>
            {
                fired++;
                Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            };
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(0, fired);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(1, fired);
        });
    }

    [Fact]
    public void Needed_ChangedWhileAMethodIsUnderWay_FiresWhenTheChainIsEmpty()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var log = new List<string>();
            pair.Alice.NegotiationNeeded += (_, _) => log.Add("needed");
            var offering = pair.Alice.CreateOfferAsync();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await offering;
            log.Add("offer");
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(["offer", "needed"], log);
        });
    }

    [Fact]
    public void Needed_OfferRolledBack_FiresAgain() => Expect(1, async pair =>
    {
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
    }, first: null, prepare: pair => pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video)));

    [Fact]
    public void Needed_StoppedBeforeItHadASection_EndsWithTheNextNegotiation()
    {
        // By the letter of the text such a transceiver asks for ever: no answer can reject a section that it does not have.
        var pair = new Pair();
        pair.Run(async () =>
        {
            var fired = 0;
            pair.Alice.NegotiationNeeded += (_, _) => fired++;
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video).Stop();
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(1, fired);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(1, fired);
            Assert.Single(pair.Alice.GetTransceivers());
            Assert.Single(pair.Bob.GetTransceivers());
        });
    }

    [Fact]
    public void Needed_BothOnlySendInOneSection_ComesToRest()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("a"));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("b"));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            var fired = 0;
            pair.Alice.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendOnly;
            pair.Bob.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendOnly;
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            pair.Alice.NegotiationNeeded += (_, _) => fired++;
            pair.Bob.NegotiationNeeded += (_, _) => fired++;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(RtpTransceiverDirection.Inactive, pair.Alice.GetTransceivers()[0].CurrentDirection);
            Assert.Equal(0, fired);
        });
    }

    private static void Expect(int times, Action<Pair> change, Action<Pair>? first = null) => Expect(
        times,
        pair =>
        {
            change(pair);
            return Task.CompletedTask;
        },
        first,
        _ => { });

    /// <summary>After a first negotiation of one track, counts the events that a change by alice brings.</summary>
    private static void Expect(int times, Func<Pair, Task> change, Action<Pair>? first, Action<Pair> prepare)
    {
        var pair = new Pair();
        var fired = 0;
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
            first?.Invoke(pair);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            prepare(pair);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            pair.Alice.NegotiationNeeded += (_, _) => fired++;
            await change(pair);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
        });
        Assert.Equal(times, fired);
    }

    private static void ExpectOfBob(int times, Action<Pair> first, Action<Pair> change, IEnumerable<MediaStream> streamsOfBob)
    {
        var pair = new Pair();
        var fired = 0;
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(new MediaStreamTrack(MediaKind.Audio));
            first(pair);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            if (times == 0)
            {
                pair.Bob.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendRecv;
            }

            pair.Bob.GetTransceivers()[0].Sender.SetStreams(streamsOfBob);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            pair.Bob.NegotiationNeeded += (_, _) => fired++;
            change(pair);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
        });
        Assert.Equal(times, fired);
    }
}
