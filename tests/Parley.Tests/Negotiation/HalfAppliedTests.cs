using Microsoft.Extensions.Logging;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// No description is ever half applied: wherever applying one fails (here in the logger, which is told of each step), the connection is as
/// it was before, and goes on.
/// </summary>
public class HalfAppliedTests
{
    [Theory]
    [InlineData("remote offer")]
    [InlineData("later remote offer")]
    [InlineData("local offer")]
    [InlineData("later local offer")]
    [InlineData("remote answer")]
    [InlineData("remote answer without the group")]
    [InlineData("later remote answer that rejects")]
    [InlineData("remote pranswer")]
    [InlineData("local answer")]
    [InlineData("later local answer")]
    [InlineData("rollback of the remote offer")]
    [InlineData("rollback of the local offer")]
    public void Description_ThatFailsAtAnyStep_LeavesTheStateOfBefore(string which)
    {
        var steps = 0;
        for (var failAt = 1; failAt <= steps + 1; failAt++)
        {
            var failed = Run(which, failAt, out var seen);
            Assert.Equal(failAt <= seen, failed);
            steps = Math.Max(steps, seen);
        }

        Assert.True(steps >= 2, $"{steps} steps");
    }

    private static bool Run(string which, int failAt, out int seen)
    {
        var log = new FailingLogger();
        var failed = false;
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        var alice = new PeerConnection(
            new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, pair.AliceHost.Platform, log);
        var count = 0;
        pair.Run(async () =>
        {
            Pair.Trickle(alice, pair.Bob);
            Pair.Trickle(pair.Bob, alice);
            var step = await PrepareAsync(which, call, alice, pair.Bob);

            // Until nothing comes from the network any more that changes what is compared.
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            var before = Describe(alice);
            log.Arm(failAt);
            try
            {
                await step();
            }
            catch (RtcException error)
            {
                failed = true;
                Assert.Equal(RtcErrorNames.OperationError, error.Name);
            }

            count = log.Steps;
            log.Disarm();
            if (failed)
            {
                Assert.Equal(before, Describe(alice));
                await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
                Assert.Equal(before, Describe(alice));
                await step();
            }

            // Whatever it was, the call comes about, or goes on.
            await SettleAsync(alice, pair.Bob);
            if (alice.GetTransceivers()[0].Mid is null)
            {
                await Pair.NegotiateAsync(alice, pair.Bob);
            }

            await Pair.UntilAsync(alice, () => alice.ConnectionState == PeerConnectionState.Connected);
            var counter = new FrameCounter();
            foreach (var receiver in pair.Bob.GetReceivers())
            {
                receiver.Track.Attach(counter);
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.True(counter.Of(CallWithMedia.AliceVoice) > 20, $"{which}, {failAt}: {counter}");
            alice.Close();
            call.End();
        });
        seen = count;
        return failed;
    }

    /// <summary>Brings the two to where the description is set; what sets it.</summary>
    private static async Task<Func<Task>> PrepareAsync(string which, CallWithMedia call, PeerConnection alice, PeerConnection bob)
    {
        alice.AddTrack(call.Track(CallWithMedia.AliceVoice), new MediaStream("a"));
        if (which.StartsWith("later", StringComparison.Ordinal))
        {
            alice.AddTrack(call.Track(CallWithMedia.Music, MediaKind.Video));
            alice.CreateDataChannel("d");
            bob.AddTrack(call.Track(CallWithMedia.BobVoice));
            await Pair.NegotiateAsync(alice, bob);
            await Pair.UntilAsync(alice, () => alice.ConnectionState == PeerConnectionState.Connected);
        }

        bob.AddTransceiver(MediaKind.Video);
        alice.AddTransceiver(MediaKind.Video);
        switch (which)
        {
            case "remote offer" or "later remote offer":
                await bob.SetLocalDescriptionAsync();
                var offer = bob.LocalDescription!;
                return () => alice.SetRemoteDescriptionAsync(offer);
            case "local answer" or "later local answer" or "rollback of the remote offer":
                await bob.SetLocalDescriptionAsync();
                await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
                return which[0] == 'r'
                    ? () => alice.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback))
                    : () => alice.SetLocalDescriptionAsync();
            case "local offer" or "later local offer":
                return () => alice.SetLocalDescriptionAsync();
        }

        await alice.SetLocalDescriptionAsync();
        if (which.StartsWith("rollback", StringComparison.Ordinal))
        {
            return () => alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
        }

        var text = alice.LocalDescription!.Sdp;
        await bob.SetRemoteDescriptionAsync(
            new SessionDescription(
                SdpType.Offer, which.Contains("without", StringComparison.Ordinal) ? text.Replace("a=group:BUNDLE", "a=group:X") : text));
        await bob.SetLocalDescriptionAsync();
        var answer = bob.LocalDescription!;
        return () => alice.SetRemoteDescriptionAsync(which switch
        {
            "remote pranswer" => answer with { Type = SdpType.Pranswer },
            "later remote answer that rejects" => answer with { Sdp = answer.Sdp.Replace("m=application 9", "m=application 0") },
            _ => answer,
        });
    }

    private static async Task SettleAsync(PeerConnection alice, PeerConnection bob)
    {
        switch (alice.SignalingState)
        {
            case SignalingState.HaveLocalOffer:
                await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
                await bob.SetLocalDescriptionAsync();
                await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
                break;
            case SignalingState.HaveRemotePranswer:
                await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
                break;
            case SignalingState.HaveRemoteOffer:
                await alice.SetLocalDescriptionAsync();
                await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
                break;
            case SignalingState.Stable when bob.SignalingState == SignalingState.HaveLocalOffer
                && alice.CurrentLocalDescription is not null
                && alice.RemoteDescription!.Type == SdpType.Offer:
                await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
                break;
            case SignalingState.Stable when alice.CurrentLocalDescription is null:
                if (bob.SignalingState != SignalingState.Stable)
                {
                    await bob.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
                }

                await Pair.NegotiateAsync(alice, bob);
                break;
        }
    }

    private static string Describe(PeerConnection connection) => string.Join('\n',
    [
        $"{connection.SignalingState} {connection.ConnectionState} {connection.IceConnectionState} {connection.IceGatheringState} "
        + $"{connection.SctpTransport?.State}",
        $"{connection.CurrentLocalDescription}", $"{connection.CurrentRemoteDescription}", $"{connection.PendingLocalDescription}",
        $"{connection.PendingRemoteDescription}",
        .. connection.GetTransceivers().Select(transceiver =>
            $"{transceiver.GetHashCode()} {transceiver.Mid} {transceiver.Direction} {transceiver.CurrentDirection} "
            + $"{transceiver.Sender.Transport?.GetHashCode()} {transceiver.Receiver.Transport?.GetHashCode()}"
            + $" {transceiver.Receiver.Track.IsMuted} {transceiver.Receiver.Track.ReadyState} "
            + $"{string.Join(',', transceiver.Receiver.GetParameters().Codecs.Select(codec => codec.PayloadType))}"
            + $" {string.Join(',', transceiver.GetNegotiatedHeaderExtensions())} {transceiver.Sender.Transport?.State} "
            + $"{transceiver.Sender.Transport?.IceTransport.Role}"
            + $" {string.Join(',', RemoteCandidates(transceiver))}"),
    ]);

    private static IEnumerable<string> RemoteCandidates(RtpTransceiver transceiver) =>
        transceiver.Sender.Transport?.IceTransport.GetRemoteCandidates().Select(candidate => candidate.Candidate) ?? [];

    private sealed class FailingLogger : ILoggerFactory, ILogger
    {
        private const int DescriptionStep = 1021;
        private int _failAt;

        public int Steps { get; private set; }

        public void Arm(int failAt) => (_failAt, Steps) = (failAt, 0);

        public void Disarm() => _failAt = 0;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Trace;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_failAt > 0 && eventId.Id == DescriptionStep && ++Steps == _failAt)
            {
                throw new InvalidOperationException("A step that fails.");
            }
        }

        public void Dispose()
        {
        }
    }
}
