using Parley.Media;

namespace Parley.Tests;

public class ClosedTests
{
    [Fact]
    public void Closed_EveryMethod_AnswersAsTheTextSays()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var connection = pair.Alice;
            var transceiver = connection.AddTransceiver(MediaKind.Audio);
            var channel = connection.CreateDataChannel("d");
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var local = connection.LocalDescription;
            var events = 0;
            connection.SignalingStateChanged += (_, _) => events++;
            connection.ConnectionStateChanged += (_, _) => events++;
            connection.IceConnectionStateChanged += (_, _) => events++;
            connection.Close();
            connection.Close();

            const string name = RtcErrorNames.InvalidStateError;
            await Refused.WithAsync(name, () => connection.CreateOfferAsync());
            await Refused.WithAsync(name, () => connection.CreateAnswerAsync());
            await Refused.WithAsync(name, () => connection.SetLocalDescriptionAsync());
            await Refused.WithAsync(name, () => connection.SetRemoteDescriptionAsync(local!));
            await Refused.WithAsync(name, () => connection.AddIceCandidateAsync(new IceCandidateInit("", "0")));
            await Refused.WithAsync(name, () => transceiver.Sender.ReplaceTrackAsync(null));
            Refused.With(name, () => connection.AddTrack(new MediaStreamTrack(MediaKind.Audio)));
            Refused.With(name, () => connection.AddTransceiver(MediaKind.Audio));
            Refused.With(name, () => connection.RemoveTrack(transceiver.Sender));
            Refused.With(name, () => connection.CreateDataChannel("e"));
            Refused.With(name, () => connection.SetConfiguration(connection.GetConfiguration()));
            Refused.With(name, () => transceiver.Stop());
            Refused.With(name, () => transceiver.Direction = RtpTransceiverDirection.Inactive);
            Refused.With(name, () => transceiver.Sender.SetStreams());
            Refused.With(name, () => channel.Send("x"));
            connection.RestartIce();
            channel.Close();

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(0, events);
            Assert.Equal(SignalingState.Closed, connection.SignalingState);
            Assert.Equal(PeerConnectionState.Closed, connection.ConnectionState);
            Assert.Equal(IceConnectionState.Closed, connection.IceConnectionState);
            Assert.Equal(DtlsTransportState.Closed, transceiver.Sender.Transport!.State);
            Assert.Equal(IceTransportState.Closed, transceiver.Sender.Transport.IceTransport.State);
            Assert.Equal(DataChannelState.Closed, channel.ReadyState);
            Assert.Equal(MediaStreamTrackState.Ended, transceiver.Receiver.Track.ReadyState);
            Assert.Equal(RtpTransceiverDirection.Stopped, transceiver.CurrentDirection);
            Assert.NotNull(connection.LocalDescription);
        });
    }

    [Fact]
    public void Dispose_OnALiveCall_GivesEverythingBackAndTellsThePeer()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Alice.DisposeAsync();
            await pair.Alice.DisposeAsync();

            // close_notify closes the peer's transport (webrtc-pc §5.5).
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(DtlsTransportState.Closed, pair.Bob.GetReceivers()[0].Transport!.State);
            await pair.Bob.DisposeAsync();
        });
        Assert.True(pair.Simulator.RunUntilIdle(TimeSpan.FromSeconds(60)), "a timer is left");
    }
}
