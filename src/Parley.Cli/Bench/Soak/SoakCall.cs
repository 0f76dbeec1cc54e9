using Parley.Media;
using Parley.Net;
using Parley.Signaling;

namespace Parley.Cli.Bench.Soak;

/// <summary>Two connections that exchange everything there is: channels of every kind both ways, sound and pictures.</summary>
internal sealed class SoakCall : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly SoakPlan _plan;
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly SoakFindings _findings;
    private readonly List<SoakFlow> _flows = [];
    private readonly List<SoakFlow> _floods = [];
    private readonly List<Task> _work = [];
    private readonly CancellationTokenSource _ended = new();
    private volatile bool _resting;
    private int _busy;

    public SoakCall(int number, SoakPlan plan, Platform here, Platform there, SoakFindings findings)
    {
        _plan = plan;
        _name = $"call {number}";
        _time = here.TimeProvider;
        _random = new Random(plan.Seed + number);
        _findings = findings;
        (MemorySignalingChannel first, MemorySignalingChannel second) = MemorySignalingChannel.CreatePair();
        Here = new SoakEnd($"{_name}, first end", plan, here, first, polite: false, findings);
        There = new SoakEnd($"{_name}, second end", plan, there, second, polite: true, findings);
    }

    public SoakEnd Here { get; }

    public SoakEnd There { get; }

    public SoakTally Tally { get; } = new();

    /// <summary>The flows that never lose anything or may, both ways.</summary>
    public IEnumerable<SoakFlow> Flows => _flows.Concat(_floods);

    /// <summary>Connects and lets everything flow.</summary>
    public async Task StartAsync()
    {
        Pair("ordered", 0, new DataChannelInit(), _flows);
        Pair("unordered", 1, new DataChannelInit { Ordered = false }, _flows);
        Pair("lossy", 2, new DataChannelInit { Ordered = false, MaxRetransmits = 0 }, _flows);
        Pair("timed", 3, new DataChannelInit { MaxPacketLifeTime = 100 }, _flows);
        Pair("flood", 4, new DataChannelInit(), _floods);
        Here.AddTracks();
        There.AddTracks();
        if (!await UntilAsync(() => IsConnected(Here) && IsConnected(There) && Flows.All(flow => flow.IsOpen)))
        {
            _findings.Add($"{_name}: not connected in time: {Here.Connection.ConnectionState}, {There.Connection.ConnectionState}");
            return;
        }

        _work.AddRange(Flows.Select(flow => flow.ReadAsync()));
        _work.AddRange(_flows.Select(FeedAsync));
        foreach (SoakEnd end in (SoakEnd[])[Here, There])
        {
            _work.Add(end.Audio.FeedAsync(_time, _ended.Token));
            _work.Add(end.Video.FeedAsync(_time, _ended.Token));
        }

        _work.Add(new SoakEvents(this, _plan, _random).RunAsync(_ended.Token));
    }

    /// <summary>Lets nothing new begin and waits until all that was sent has arrived.</summary>
    public async Task RestAsync()
    {
        _resting = true;
        if (await UntilAsync(() => Volatile.Read(ref _busy) == 0 && Flows.All(flow => flow.IsAtRest)))
        {
            return;
        }

        foreach (SoakFlow flow in Flows.Where(flow => !flow.IsAtRest))
        {
            _findings.Add($"{_name}, {flow.Name}: of {flow.Sent} messages {flow.Ledger.Received} have come, {flow.Buffered} bytes wait");
        }

        if (Volatile.Read(ref _busy) > 0)
        {
            _findings.Add($"{_name}: something does not come to its end");
        }
    }

    public void GoOn() => _resting = false;

    /// <summary>Ends all flows, at rest, and holds what came against what was sent.</summary>
    public void End()
    {
        _ended.Cancel();
        foreach (SoakFlow flow in Flows)
        {
            ArrivalLedger ledger = flow.Ledger;
            if (!ledger.IsClean)
            {
                _findings.Add(
                    $"{_name}, {flow.Name}: {ledger.Doubled} messages doubled, {ledger.OutOfOrder} out of order, {ledger.Broken} broken");
            }

            Tally.Messages += flow.Sent;
            Tally.Bytes += flow.SentBytes;
            Tally.Unreliable += flow.IsReliable ? 0 : flow.Sent;
            Tally.UnreliableLost += flow.IsReliable ? 0 : flow.Sent - ledger.Received;
        }

        Hear(Here.Audio, There.HeardAudio, "sound");
        Hear(There.Audio, Here.HeardAudio, "sound back");
        Hear(Here.Video, There.SeenVideo, "pictures");
        Hear(There.Video, Here.SeenVideo, "pictures back");
        Tally.OffersCrossed = There.Collisions;
        if (!IsConnected(Here) || !IsConnected(There))
        {
            _findings.Add($"{_name}: at the end {Here.Connection.ConnectionState} and {There.Connection.ConnectionState}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Here.DisposeAsync();
        await There.DisposeAsync();
        await Task.WhenAll(_work);
        _ended.Dispose();
    }

    /// <summary>Looks until a condition holds, or patience ends.</summary>
    public async Task<bool> UntilAsync(Func<bool> condition)
    {
        long start = _time.GetTimestamp();
        while (!condition())
        {
            if (_time.GetElapsedTime(start) > _plan.Patience)
            {
                return false;
            }

            await Task.Delay(Look, _time);
        }

        return true;
    }

    /// <summary>Waits a while, 0 to twice the mean.</summary>
    public Task PauseAsync(TimeSpan mean) => Task.Delay(mean * 2 * NextDouble(), _time);

    /// <summary>Does something unless all is at rest; true: it was done.</summary>
    public async Task<bool> TryAsync(Func<Task> action)
    {
        Interlocked.Increment(ref _busy);
        try
        {
            if (_resting || _ended.IsCancellationRequested)
            {
                return false;
            }

            await action();
            return true;
        }
        catch (RtcException) when (_ended.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error)
        {
            _findings.Add($"{_name}: {error.GetType().Name}: {error.Message}");
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    /// <summary>Of the two ends one, and the other.</summary>
    public (SoakEnd One, SoakEnd Other) AnyEnds() => Next(2) == 0 ? (Here, There) : (There, Here);

    /// <summary>The flow, of either way, that goes only while a reader rests.</summary>
    public SoakFlow AnyFlood() => _floods[Next(2)];

    public void Report(string finding) => _findings.Add($"{_name}: {finding}");

    public int Next(int below)
    {
        lock (_random)
        {
            return _random.Next(below);
        }
    }

    /// <summary>Most messages are small, some fill many packets.</summary>
    public int NextSize() => ArrivalLedger.HeaderBytes + (Next(100) switch
    {
        < 70 => Next(200),
        < 97 => Next(8000),
        _ => Next(_plan.MaxMessage),
    });

    public Task WaitAsync(TimeSpan time) => Task.Delay(time, _time);

    private static bool IsConnected(SoakEnd end) => end.Connection.ConnectionState == PeerConnectionState.Connected;

    private double NextDouble()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    private void Pair(string name, ushort id, DataChannelInit init, List<SoakFlow> flows)
    {
        DataChannel here = Here.Open(name, id, init), there = There.Open(name, id, init);
        flows.Add(new SoakFlow(name, here, there));
        flows.Add(new SoakFlow($"{name} back", there, here));
    }

    private async Task FeedAsync(SoakFlow flow)
    {
        while (!_ended.IsCancellationRequested)
        {
            await PauseAsync(_plan.MessageInterval);

            // What may be lost is lost whole: a message of many packets would hardly ever arrive.
            await TryAsync(() => flow.SendAsync(flow.IsReliable ? NextSize() : ArrivalLedger.HeaderBytes + Next(1000)));
        }
    }

    private void Hear(SoakMedia sent, MediaLedger heard, string what)
    {
        Tally.FramesSent += sent.Sent;
        Tally.FramesReceived += heard.Received;
        if (heard.OutOfOrder > 0)
        {
            _findings.Add($"{_name}: {heard.OutOfOrder} frames of {what} doubled or out of order");
        }

        // What the path loses is repeated for a while; less than this means that something stood still.
        if (heard.Received < sent.Sent * 0.9)
        {
            _findings.Add($"{_name}: of {sent.Sent} frames of {what} only {heard.Received} came");
        }
    }
}
