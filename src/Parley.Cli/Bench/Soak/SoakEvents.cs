using Parley.Media;

namespace Parley.Cli.Bench.Soak;

/// <summary>What happens to a call while it runs: renegotiations, restarts of ICE, channels that come and go, readers that stop.</summary>
internal sealed class SoakEvents(SoakCall call, SoakPlan plan, Random random)
{
    private const int FloodMessage = 16_384;
    private const long MostFlood = 128L * 1024 * 1024;
    private static readonly TimeSpan HeldUp = TimeSpan.FromSeconds(2);
    private readonly int _first = random.Next(5);
    private RtpTransceiver? _turning;
    private int _channels;

    public async Task RunAsync(CancellationToken ended)
    {
        // By turns, so that a short run meets each.
        Func<Task>[] kinds = [TurnAsync, RestartAsync, PassAsync, AddAndStopAsync, StopReadingAsync];
        for (int turn = _first; !ended.IsCancellationRequested; turn++)
        {
            await call.PauseAsync(plan.EventInterval);
            await call.TryAsync(kinds[turn % kinds.Length]);
        }
    }

    /// <summary>Renegotiates: a transceiver of the first end's turns its direction.</summary>
    private async Task TurnAsync()
    {
        _turning ??= call.Here.Connection.AddTransceiver(
            MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
        RtpTransceiverDirection wanted = _turning.CurrentDirection == RtpTransceiverDirection.SendOnly
            ? RtpTransceiverDirection.Inactive
            : RtpTransceiverDirection.SendOnly;
        _turning.Direction = wanted;

        // The other end has nothing to say on it: what it is offered to hear it hears.
        await ExpectAsync("a renegotiation", () => _turning.CurrentDirection == wanted);
        call.Tally.Renegotiations++;
    }

    private async Task RestartAsync()
    {
        (SoakEnd one, SoakEnd other) = call.AnyEnds();
        IceTransport here =
            one.Connection.SctpTransport!.Transport.IceTransport, there = other.Connection.SctpTransport!.Transport.IceTransport;
        IceParameters? before = here.GetLocalParameters(), beforeThere = there.GetLocalParameters();
        one.Connection.RestartIce();
        if (call.Next(4) == 0)
        {
            // The peer at the same time: offers cross.
            other.Connection.RestartIce();
        }

        await ExpectAsync("a restart of ICE", () => here.GetLocalParameters() != before && there.GetLocalParameters() != beforeThere);
        call.Tally.IceRestarts++;
    }

    /// <summary>A channel is opened, used and closed at once after the last message.</summary>
    private async Task PassAsync()
    {
        (SoakEnd one, SoakEnd other) = call.AnyEnds();
        string label = $"passing {one == call.Here} {_channels++}";
        Task<ArrivalLedger> expected = other.Expect(label);
        DataChannel channel = one.Connection.CreateDataChannel(label, new DataChannelInit { Ordered = call.Next(2) == 0 });
        if (!await call.UntilAsync(() => channel.ReadyState == DataChannelState.Open))
        {
            call.Report($"{label} does not open");
            return;
        }

        int count = 1 + call.Next(20);
        for (int i = 0; i < count; i++)
        {
            byte[] message = new byte[call.NextSize()];
            ArrivalLedger.Fill(message, i);
            await channel.SendAsync(message);
        }

        channel.Close();
        if (!await call.UntilAsync(() => expected.IsCompleted && channel.ReadyState == DataChannelState.Closed))
        {
            call.Report($"{label} does not close");
        }
        else if ((await expected) is var ledger && (ledger.Received != count || !ledger.IsClean))
        {
            call.Report($"{label}: of {count} messages {ledger.Received} came, {ledger.Doubled} doubled, {ledger.OutOfOrder} out of order");
        }

        other.Forget(label);
        call.Tally.ChannelsOpenedAndClosed++;
    }

    /// <summary>A transceiver comes and is stopped for good; its section is used again.</summary>
    private async Task AddAndStopAsync()
    {
        (SoakEnd one, _) = call.AnyEnds();
        RtpTransceiver added = one.Connection.AddTransceiver(
            MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.SendOnly });
        await ExpectAsync("a new transceiver", () => added.CurrentDirection == RtpTransceiverDirection.SendOnly);
        added.Stop();
        await ExpectAsync("a stopped transceiver", () => !one.Connection.GetTransceivers().Contains(added));
        call.Tally.TransceiversAddedAndStopped++;
    }

    /// <summary>A reader stops: its sender must be held up, with a bounded amount under way; then all of it arrives.</summary>
    private async Task StopReadingAsync()
    {
        SoakFlow flow = call.AnyFlood();
        long before = flow.SentBytes;
        flow.Stall();
        try
        {
            await FloodAsync(flow, before);
        }
        finally
        {
            flow.Resume();
        }

        call.Tally.ReadersStopped++;
    }

    private async Task FloodAsync(SoakFlow flow, long before)
    {
        Task? held = null;
        while (held is null && flow.SentBytes - before < MostFlood)
        {
            Task sending = flow.SendAsync(FloodMessage);
            if (sending.IsCompleted || await Task.WhenAny(sending, call.WaitAsync(HeldUp)) == sending)
            {
                await sending;
            }
            else
            {
                held = sending;
            }
        }

        if (held is null)
        {
            call.Report($"a reader that stopped did not hold its sender up within {MostFlood} bytes");
        }

        if (flow.Buffered > DataChannel.SendAsyncWatermark + FloodMessage)
        {
            call.Report($"{flow.Buffered} bytes wait at a sender");
        }

        flow.Resume();
        await (held ?? Task.CompletedTask);
    }

    private async Task ExpectAsync(string what, Func<bool> condition)
    {
        bool IsStable(SoakEnd end) => end.Connection.SignalingState == SignalingState.Stable;
        if (!await call.UntilAsync(() => condition() && IsStable(call.Here) && IsStable(call.There)))
        {
            call.Report($"{what} does not come to its end");
        }
    }
}
