using System.Text.RegularExpressions;

namespace Parley.Tests.Data;

// webrtc-pc §6: the order of events and the fate of ids, messages and errors.
public class DataChannelProcedureTests
{
    [Fact]
    public void Announced_WithMessagesOnTheirWay_FiresDataChannelThenOpenThenMessages()
    {
        var pair = new Pair();
        var events = new List<string>();
        pair.Run(async () =>
        {
            var done = new TaskCompletionSource();
            pair.Bob.DataChannelAdded += (_, args) =>
            {
                events.Add($"datachannel {args.Channel.ReadyState}");
                args.Channel.Opened += (_, _) => events.Add("open");
                args.Channel.MessageReceived += (_, message) => events.Add($"message {message.Text}");
                args.Channel.Closing += (_, _) => events.Add("closing");
                args.Channel.Closed += (_, _) =>
                {
                    events.Add("close");
                    done.SetResult();
                };
            };
            var channel = await OpenAsync(pair, "warm");
            channel.Close();
            await done.Task;
            events.Clear();
            done = new TaskCompletionSource();
            var second = pair.Alice.CreateDataChannel("second");
            second.Opened += (_, _) =>
            {
                second.Send("1");
                second.Send("2");
                second.Close();
            };
            await done.Task;
        });

        Assert.Equal(["datachannel Open", "open", "message 1", "message 2", "closing", "close"], events);
    }

    [Fact]
    public void Connected_TransportStateChangeComesBeforeTheChannelsOpen()
    {
        var pair = new Pair();
        var events = new List<string>();
        pair.Run(async () =>
        {
            var first = pair.Alice.CreateDataChannel("first");
            first.Opened += (_, _) => events.Add($"open {first.Id}");
            pair.Alice.CreateDataChannel("second").Opened += (_, _) => events.Add("open second");
            Assert.Null(pair.Alice.SctpTransport);
            pair.TrickleBothWays();
            await pair.Alice.SetLocalDescriptionAsync();
            var transport = pair.Alice.SctpTransport!;
            Assert.Equal((SctpTransportState.Connecting, null, null), (transport.State, transport.MaxMessageSize, transport.MaxChannels));
            transport.StateChanged += (_, _) => events.Add($"statechange {transport.State} {first.ReadyState} {transport.MaxChannels}");
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Null(first.Id);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal((ushort)1, first.Id);
            Assert.Equal(SctpTransport.LocalMaxMessageSize, transport.MaxMessageSize);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        });

        Assert.Equal(["statechange Connected Connecting 1024", "open 1", "open second"], events);
    }

    [Fact]
    public void BufferedAmount_FallsOnlyBetweenTasks_AndEndsBelowTheThreshold()
    {
        var pair = new Pair();
        var low = 0;
        pair.Run(async () =>
        {
            var channel = await OpenAsync(pair, "bulk");
            channel.BufferedAmountLowThreshold = 1000;
            var drained = new TaskCompletionSource();
            channel.BufferedAmountLow += (_, _) =>
            {
                low++;
                Assert.InRange(channel.BufferedAmount, 0, 1000);
                drained.TrySetResult();
            };
            channel.Send("grüße");
            Assert.Equal(7, channel.BufferedAmount);
            channel.Send(new byte[200_000]);
            channel.Send([]);
            Assert.Equal(200_007, channel.BufferedAmount);
            await drained.Task;
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(0, channel.BufferedAmount);
            channel.Send(new byte[2000]);
            pair.Alice.Close();
            Assert.Equal((2000, DataChannelState.Closed), (channel.BufferedAmount, channel.ReadyState));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(2000, channel.BufferedAmount);
        });

        Assert.Equal(1, low);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pair().Alice.CreateDataChannel("").BufferedAmountLowThreshold = -1);
    }

    [Fact]
    public void Id_OfAClosingChannel_StaysInUseUntilClosed()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var channel = await OpenAsync(pair, "a");
            var id = channel.Id!.Value;
            var closed = new TaskCompletionSource();
            channel.Closed += (_, _) => closed.SetResult();
            channel.Close();
            Assert.Equal((ushort)(id + 2), pair.Alice.CreateDataChannel("b").Id);
            Refused.With(
                RtcErrorNames.OperationError, () => pair.Alice.CreateDataChannel("c", new DataChannelInit { Negotiated = true, Id = id }));
            await closed.Task;
            Assert.Equal(id, pair.Alice.CreateDataChannel("d").Id);
        });
    }

    [Fact]
    public void Close_WhileConnecting_FiresCloseOnlyAndCountsNothing()
    {
        var pair = new Pair();
        var events = new List<string>();
        pair.Run(async () =>
        {
            var channel = pair.Alice.CreateDataChannel("a");
            channel.Closing += (_, _) => events.Add("closing");
            channel.ErrorOccurred += (_, _) => events.Add("error");
            channel.Opened += (_, _) => events.Add("open");
            channel.Closed += (_, _) => events.Add($"close {channel.ReadyState}");
            channel.Close();
            channel.Close();
            Assert.Equal(DataChannelState.Closing, channel.ReadyState);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var figures = Assert.Single((await pair.Alice.GetStatsAsync()).OfType<PeerConnectionStats>());
            Assert.Equal((0, 0), (figures.DataChannelsOpened, figures.DataChannelsClosed));
        });

        Assert.Equal(["close Closed"], events);
    }

    [Fact]
    public void PeerConnection_ClosedByThePeer_FailsTheChannelWithTheCauseCode()
    {
        var pair = new Pair();
        var events = new List<string>();
        var atCloser = 0;
        pair.Run(async () =>
        {
            var remote = new TaskCompletionSource<DataChannel>();
            pair.Bob.DataChannelAdded += (_, args) => remote.SetResult(args.Channel);
            var channel = await OpenAsync(pair, "a");
            var other = await remote.Task;
            var transport = pair.Bob.SctpTransport!;
            transport.StateChanged += (_, _) => events.Add($"statechange {transport.State}");
            other.ErrorOccurred += (_, args) =>
                events.Add($"error {args.Error.Name} {args.Error.ErrorDetail} {args.Error.SctpCauseCode} {other.ReadyState}");
            other.Closed += (_, _) => events.Add("close");
            channel.Closed += (_, _) => atCloser++;
            pair.Alice.Close();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            var figures = Assert.Single((await pair.Bob.GetStatsAsync()).OfType<PeerConnectionStats>());
            Assert.Equal((1, 1), (figures.DataChannelsOpened, figures.DataChannelsClosed));
        });

        Assert.Equal(["statechange Closed", "error OperationError SctpFailure 12 Closed", "close"], events);
        Assert.Equal(0, atCloser);
    }

    [Fact]
    public void Section_RejectedByALaterOffer_EndsTheAssociation_AndAnotherOneCanFollow()
    {
        var pair = new Pair();
        var events = new List<string>();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(Parley.Media.MediaKind.Audio);
            var channel = await OpenAsync(pair, "a");
            channel.ErrorOccurred += (_, _) => events.Add("error");
            channel.Closed += (_, _) => events.Add("close");
            var transport = pair.Alice.SctpTransport!;
            transport.StateChanged += (_, _) => events.Add($"statechange {transport.State}");
            await pair.Bob.SetLocalDescriptionAsync();
            var offer = pair.Bob.LocalDescription!;
            var mid = offer.Sdp[(offer.Sdp.LastIndexOf("a=mid:", StringComparison.Ordinal) + 6)..].Split('\r')[0];
            var rejecting = Regex.Replace(offer.Sdp, "m=application [0-9]+", "m=application 0").Replace($"BUNDLE 0 {mid}", "BUNDLE 0");
            Assert.NotEqual(offer.Sdp, rejecting);
            await pair.Alice.SetRemoteDescriptionAsync(offer with { Sdp = rejecting });
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Null(pair.Alice.SctpTransport);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Null(pair.Bob.SctpTransport);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(SctpTransportState.Closed, transport.State);

            var next = pair.Alice.CreateDataChannel("b");
            var opened = new TaskCompletionSource();
            next.Opened += (_, _) => opened.SetResult();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.NotSame(transport, pair.Alice.SctpTransport);
            await opened.Task;
        });

        Assert.Equal(["statechange Closed", "close"], events);
    }

    [Fact]
    public void MaxMessageSize_FollowsThePeersAttribute_InEachNegotiation()
    {
        var pair = new Pair();
        var lengths = new List<int>();
        pair.Run(async () =>
        {
            pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) => lengths.Add(message.Data.Length);
            var channel = await OpenAsync(
                pair, "a", answer => answer.Replace($"a=max-message-size:{SctpTransport.LocalMaxMessageSize}\r\n", ""));
            Assert.Equal(65_536, pair.Alice.SctpTransport!.MaxMessageSize);
            Assert.Throws<ArgumentException>(() => channel.Send(new byte[65_537]));
            Assert.Equal(0, channel.BufferedAmount);
            channel.Send(new byte[65_536]);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            channel.Send(new byte[100_000]);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        });

        Assert.Equal([65_536, 100_000], lengths);
    }

    [Fact]
    public void Ids_TooFewForTheChannels_FailTheLastWithAnErrorAfterTheAnswer()
    {
        var pair = new Pair();
        var events = new List<string>();
        pair.Run(async () =>
        {
            for (var i = 0; i < 32_767; i++)
            {
                pair.Alice.CreateDataChannel("");
            }

            var last = pair.Alice.CreateDataChannel("one too many");
            last.ErrorOccurred += (_, args) => events.Add($"error {args.Error.ErrorDetail} {last.ReadyState}");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            pair.Alice.SignalingStateChanged += (_, _) => events.Add("signalingstatechange");
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Null(last.Id);
        });

        Assert.Equal(["signalingstatechange", "error DataChannelFailure Closed"], events);
    }

    private static async Task<DataChannel> OpenAsync(Pair pair, string label, Func<string, string>? munge = null)
    {
        pair.TrickleBothWays();
        var channel = pair.Alice.CreateDataChannel(label);
        var opened = new TaskCompletionSource();
        channel.Opened += (_, _) => opened.SetResult();
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        await pair.Bob.SetLocalDescriptionAsync();
        var answer = pair.Bob.LocalDescription!;
        await pair.Alice.SetRemoteDescriptionAsync(munge is null ? answer : answer with { Sdp = munge(answer.Sdp) });
        await opened.Task;
        return channel;
    }
}
