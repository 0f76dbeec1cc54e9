using System.Linq.Expressions;
using Parley.Media;

namespace Parley.Tests;

/// <summary>
/// An exception of an event's handler is reported; the other handlers, the objects and the connection go on (DOM, "inner invoke", step
/// 2.10).
/// </summary>
public class ThrowingHandlerTests
{
    [Fact]
    public void HandlersThatThrow_OfEveryObject_KeepNobodyFromBeingTold()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var tally = new Tally();
            tally.Watch(pair.Alice);
            tally.Watch(pair.Bob);
            pair.Bob.TrackAdded += (_, args) =>
            {
                tally.Watch(args.Track);
                tally.Watch(args.Streams[0]);
                tally.Watch(args.Receiver);
            };
            pair.Bob.DataChannelAdded += (_, args) => tally.Watch(args.Channel);
            var channel = pair.Alice.CreateDataChannel("chat");
            tally.Watch(channel);
            channel.Opened += (_, _) => channel.Send("hello");
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            tally.Watch(call.Bob.Sender.Dtmf!);
            tally.Watch(pair.Alice.SctpTransport!);
            tally.Watch(call.Alice.Sender.Transport!);
            tally.Watch(call.Alice.Sender.Transport!.IceTransport);
            call.Bob.Sender.Dtmf!.InsertDtmf("1");

            // Held, taken up again with another stream, and stopped.
            call.Alice.Direction = RtpTransceiverDirection.Inactive;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            call.Alice.Direction = RtpTransceiverDirection.SendRecv;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
            channel.Close();
            call.Alice.Stop();
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            call.End();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));

            string[] raised =
            [
                "MediaStream.TrackAdded", "MediaStream.TrackRemoved", "MediaStreamTrack.Muted", "MediaStreamTrack.Unmuted",
                "MediaStreamTrack.Ended",
                "DataChannel.Opened", "DataChannel.MessageReceived", "DataChannel.Closed", "DtmfSender.ToneChanged",
                "PeerConnection.TrackAdded", "PeerConnection.NegotiationNeeded", "PeerConnection.SignalingStateChanged",
                "PeerConnection.IceCandidateGathered",
                "PeerConnection.IceConnectionStateChanged", "PeerConnection.IceGatheringStateChanged",
                "PeerConnection.ConnectionStateChanged", "PeerConnection.DataChannelAdded",
            ];
            string[] reported = [.. pair.Log.Errors];
            pair.Log.Errors.Clear();
            Assert.Empty(raised.Except(tally.Thrown.Keys));
            Assert.Equal(tally.Thrown, tally.Heard);
            Assert.Equal(tally.Thrown.Values.Sum(), reported.Length);
            Assert.All(reported, error => Assert.Contains(Tally.Message, error));
        });
    }

    [Fact]
    public void Sink_ThatThrows_KeepsNeitherOtherSinksNorTheCallFromGoingOn()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            using (call.Bob.Receiver.Track.Attach(new BrokenSink()))
            {
                await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
            }

            Assert.InRange(pair.Log.Errors.Count, 50, 100);
            Assert.All(pair.Log.Errors, error => Assert.Contains(Tally.Message, error));
            pair.Log.Errors.Clear();
            call.End();
        });
    }

    [Fact]
    public void Track_ThatAUserMutesOrEnds_CallsAllHandlersBeforeItTellsWhatTheyThrew()
    {
        var track = new MediaStreamTrack(MediaKind.Audio);
        var heard = 0;
        track.Muted += (_, _) => throw new InvalidOperationException("first");
        track.Muted += (_, _) => heard++;
        track.Ended += (_, _) => throw new InvalidOperationException("first");
        track.Ended += (_, _) => throw new InvalidOperationException("second");
        track.Ended += (_, _) => heard++;
        Assert.Equal("first", Assert.Throws<InvalidOperationException>(() => track.SetMuted(true)).Message);
        Assert.Equal(["first", "second"], Assert.Throws<AggregateException>(track.End).InnerExceptions.Select(error => error.Message));
        Assert.Equal((2, true, MediaStreamTrackState.Ended), (heard, track.IsMuted, track.ReadyState));
        track.End();
    }

    private sealed class BrokenSink : IMediaSink
    {
        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => throw new InvalidOperationException(Tally.Message);
    }

    /// <summary>Puts before a handler that counts one that throws, on each event of an object.</summary>
    private sealed class Tally
    {
        public const string Message = "thrown by a handler of the test";

        public SortedDictionary<string, int> Thrown { get; } = [];

        public SortedDictionary<string, int> Heard { get; } = [];

        public void Watch(object target)
        {
            foreach (var happening in target.GetType().GetEvents())
            {
                var name = $"{target.GetType().Name}.{happening.Name}";
                Add(() =>
                {
                    Count(Thrown, name);
                    throw new InvalidOperationException(Message);
                });
                Add(() => Count(Heard, name));

                void Add(Action action)
                {
                    var parameters = happening.EventHandlerType!.GetMethod("Invoke")!.GetParameters()
                        .Select(parameter => Expression.Parameter(parameter.ParameterType)).ToArray();
                    happening.AddEventHandler(
                        target, Expression.Lambda(
                            happening.EventHandlerType, Expression.Invoke(Expression.Constant(action)), parameters).Compile());
                }
            }
        }

        private static void Count(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
    }
}
