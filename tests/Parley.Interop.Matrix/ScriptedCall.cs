using System.Text.Json;
using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>The call that every peer has with Parley: the same steps for each, in the same order.</summary>
public sealed class ScriptedCall : IAsyncDisposable
{
    private const string Label = "chat";

    // Steps to try although the peer is said not to support them: to see what it does.
    private static readonly Step[] Insisted =
    [
        .. (Environment.GetEnvironmentVariable("PARLEY_TRY") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(Enum.Parse<Step>),
    ];

    private readonly CallRole _role;
    private readonly bool _echoes;
    private readonly NetSide _net = new();
    private readonly ForeignSide _peer;
    private readonly CandidateRoad _ofNet;
    private readonly CandidateRoad _ofPeer;
    private string _audio = "";
    private string _video = "";
    private string _extra = "";

    private ScriptedCall(IPeerLink link, CallRole role, bool echoes)
    {
        _role = role;
        _echoes = echoes;
        _peer = new ForeignSide(link);
        _ofNet = new CandidateRoad(_peer.TakeCandidateAsync);
        _ofPeer = new CandidateRoad(_net.TakeCandidateAsync);
        _net.Connection.IceCandidateGathered += (_, e) =>
        {
            // Not every stack takes the end of candidates.
            if (e.Candidate is { Candidate: not "" } each)
            {
                _ofNet.Add(
                    JsonSerializer.SerializeToElement(
                        new
                        {
                            candidate = each.Candidate,
                            sdpMid = each.SdpMid,
                            sdpMLineIndex = each.SdpMLineIndex,
                            usernameFragment = each.UsernameFragment,
                        }));
            }
        };
        link.CandidateGathered += _ofPeer.Add;
    }

    private IMatrixSide First => _role.PeerFirst ? _peer : _net;

    private IMatrixSide Polite => _role.PeerPolite ? _peer : _net;

    /// <summary>Has the whole call; the report gets a row for each step.</summary>
    public static async Task HaveAsync(PeerProfile profile, CallRole role, MatrixReport report)
    {
        await using var call = new ScriptedCall(await profile.StartAsync(role), role, profile.Echoes);
        string name = await call._peer.CreateAsync();
        var rows = new List<(Step Step, string Result)>();
        foreach (Step step in Enum.GetValues<Step>())
        {
            string? reason = Insisted.Contains(step) ? null : profile.Unsupported(role, step);
            rows.Add((step, reason is null ? await call.TryAsync(name, step) : $"not supported by the peer: {reason}"));
        }

        rows.ForEach(row => report.Add(name, role, row.Step, row.Result));
    }

    public async ValueTask DisposeAsync()
    {
        await _net.DisposeAsync();
        await _peer.DisposeAsync();
    }

    private async Task<string> TryAsync(string name, Step step)
    {
        try
        {
            string result = await DoAsync(step);
            Exception? failed = _ofNet.Failures.Concat(_ofPeer.Failures).FirstOrDefault();
            return failed is null ? result : throw new InvalidOperationException("A candidate was refused.", failed);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"{name} ({_role}), {MatrixReport.Words(step)}: {exception.Message}\n--- Parley\n{_net}\n"
                + $"{_net.Connection.LocalDescription?.Sdp}\n--- the peer\n{_peer}\n{_net.Connection.RemoteDescription?.Sdp}",
                exception);
        }
    }

    private Task<string> DoAsync(Step step) => step switch
    {
        Step.Connect => ConnectAsync(),
        Step.SoundToThePeer => _peer.ExpectSoundAsync(_audio),
        Step.SoundFromThePeer => _net.ExpectSoundAsync(_audio),
        Step.PicturesToThePeer => _peer.ExpectPicturesAsync(_video),
        Step.PicturesFromThePeer => _net.ExpectPicturesAsync(_video),
        Step.Text => TextAsync(),
        Step.TrackAddedByParley => AddTrackAsync(_net, "video"),
        Step.TrackRemovedByParley => RemoveTrackAsync(_net),
        Step.TrackAddedByThePeer => AddTrackAsync(_peer, "video"),
        Step.TrackRemovedByThePeer => RemoveTrackAsync(_peer),
        Step.HoldByParley => HoldAsync(_net),
        Step.HoldByThePeer => HoldAsync(_peer),
        Step.RestartByParley => RestartAsync(_net),
        Step.RestartByThePeer => RestartAsync(_peer),
        Step.Rollback => CrossAsync(),
        _ => CloseAsync(),
    };

    private IMatrixSide Other(IMatrixSide side) => side == _net ? _peer : _net;

    private CandidateRoad Of(IMatrixSide side) => side == _net ? _ofNet : _ofPeer;

    private string Who(IMatrixSide side) => side == _net ? "Parley" : "the peer";

    private async Task<string> ConnectAsync()
    {
        IMatrixSide second = Other(First);
        await First.AddTrackAsync("audio");
        await First.AddTrackAsync("video");
        await First.OpenChannelAsync(Label);
        SessionDescription offer = await DescribeAsync(First, First.OfferAsync);
        await CarryAsync(First, offer);
        await second.AddTrackAsync("audio");
        await second.AddTrackAsync("video");
        await CarryAsync(second, await DescribeAsync(second, second.AnswerAsync));
        await Task.WhenAll(_net.ExpectConnectedAsync(), _peer.ExpectConnectedAsync());
        _audio = await _net.SendingAsync("audio", []);
        _video = await _net.SendingAsync("video", []);
        return "connected, both stable";
    }

    private async Task<string> TextAsync()
    {
        const string Greeting = "Grüße 👋";
        if (_echoes)
        {
            await _net.ExpectOpenAsync(Label);
            await _net.SayAsync(Label, Greeting);
            await _net.ExpectTextAsync(Label, Greeting);
            return "short text there and back";
        }

        await Task.WhenAll(_net.ExpectOpenAsync(Label), _peer.ExpectOpenAsync(Label));
        await _net.SayAsync(Label, $"{Greeting} of Parley");
        await _peer.ExpectTextAsync(Label, $"{Greeting} of Parley");
        await _peer.SayAsync(Label, $"{Greeting} of the peer");
        await _net.ExpectTextAsync(Label, $"{Greeting} of the peer");
        return $"short text both ways on the channel that {Who(First)} opened";
    }

    private async Task<string> AddTrackAsync(IMatrixSide side, string kind)
    {
        await side.AddTrackAsync(kind);
        await NegotiateAsync(side);
        _extra = await side.SendingAsync(kind, [_audio, _video]);
        string seen = kind == "audio" ? await Other(side).ExpectSoundAsync(_extra) : await Other(side).ExpectPicturesAsync(_extra);
        return $"{Who(Other(side))} {seen} in a new section";
    }

    private async Task<string> RemoveTrackAsync(IMatrixSide side)
    {
        await side.RemoveTrackAsync(_extra);
        await NegotiateAsync(side);
        Assert.DoesNotContain("send", await side.CurrentAsync(_extra) ?? "", StringComparison.Ordinal);
        await ExpectSilenceAsync(Other(side), [_extra], Other(side));
        return $"{Who(Other(side))} receives nothing more in that section";
    }

    private async Task<string> HoldAsync(IMatrixSide side)
    {
        IMatrixSide held = Other(side);
        await DirectAsync(side, "sendonly");
        Assert.Equal("recvonly", await held.CurrentAsync(_audio));
        Assert.Equal("recvonly", await held.CurrentAsync(_video));
        await ExpectSilenceAsync(side, [_audio, _video], held);
        await DirectAsync(side, "sendrecv");
        Assert.Equal("sendrecv", await held.CurrentAsync(_audio));
        Assert.Equal("sendrecv", await held.CurrentAsync(_video));
        await ExpectMediaAsync();
        return $"held, {Who(held)} sends nothing; resumed, media flow both ways";
    }

    private async Task<string> RestartAsync(IMatrixSide side)
    {
        (string ofNet, string ofPeer) = (await _net.UfragAsync(), await _peer.UfragAsync());
        await side.RestartIceAsync();
        await NegotiateAsync(side);
        Assert.NotEqual(ofNet, await _net.UfragAsync());
        Assert.NotEqual(ofPeer, await _peer.UfragAsync());
        await Task.WhenAll(_net.ExpectConnectedAsync(), _peer.ExpectConnectedAsync());
        await ExpectMediaAsync();
        return "new credentials on both sides; media go on both ways";
    }

    // Both offer at once: the impolite one ignores, the polite one takes its own back, and makes it again afterwards.
    private async Task<string> CrossAsync()
    {
        IMatrixSide impolite = Other(Polite);
        await Polite.AddTrackAsync("audio");
        await DescribeAsync(Polite, Polite.OfferAsync);
        SessionDescription offer = await DescribeAsync(impolite, impolite.OfferAsync);
        await CarryAsync(impolite, offer);
        await CarryAsync(Polite, await DescribeAsync(Polite, Polite.AnswerAsync));
        await NegotiateAsync(Polite);
        string mid = await Polite.SendingAsync("audio", [_audio]);
        string heard = await impolite.ExpectSoundAsync(mid);
        await ExpectMediaAsync();
        return $"offers crossed, {Who(Polite)} took its own back; made again, {Who(impolite)} {heard} in its section";
    }

    private async Task<string> CloseAsync()
    {
        await First.CloseAsync();
        await Other(First).ExpectClosedAsync();
        return $"{Who(First)} closes, {Who(Other(First))} sees it";
    }

    private Task ExpectMediaAsync() => Task.WhenAll(
        _net.ExpectSoundAsync(_audio), _net.ExpectPicturesAsync(_video), _peer.ExpectSoundAsync(_audio), _peer.ExpectPicturesAsync(_video));

    private async Task DirectAsync(IMatrixSide side, string direction)
    {
        await side.SetDirectionAsync(_audio, direction);
        await side.SetDirectionAsync(_video, direction);
        await NegotiateAsync(side);
    }

    private async Task NegotiateAsync(IMatrixSide offerer)
    {
        await CarryAsync(offerer, await DescribeAsync(offerer, offerer.OfferAsync));
        IMatrixSide answerer = Other(offerer);
        await CarryAsync(answerer, await DescribeAsync(answerer, answerer.AnswerAsync));
    }

    // Candidates that it brings wait until it is there.
    private Task<SessionDescription> DescribeAsync(IMatrixSide side, Func<Task<SessionDescription>> describe)
    {
        Of(side).Hold();
        return describe();
    }

    private async Task CarryAsync(IMatrixSide from, SessionDescription description)
    {
        await Other(from).TakeAsync(description);
        Of(from).Release();
    }

    // Packets of sound at the other ear are the clock: while 25 of them came, no packet of these sections did. Some may have been on their
    // way before.
    private async Task ExpectSilenceAsync(IMatrixSide at, string[] mids, IMatrixSide clock)
    {
        long start = await clock.ReceivedAsync(_audio);
        long before = -1;
        for (long after = await CountAsync(); after != before; after = await CountAsync())
        {
            Assert.True(
                start + 1_000 > await clock.ReceivedAsync(_audio), $"{Who(at)} receives packets of {string.Join(", ", mids)} for ever");
            before = after;
            await ExpectPacketsAsync(clock, 25);
        }

        async Task<long> CountAsync()
        {
            long sum = 0;
            foreach (string mid in mids)
            {
                sum += await at.ReceivedAsync(mid);
            }

            return sum;
        }
    }

    private async Task ExpectPacketsAsync(IMatrixSide side, int packets)
    {
        using var limit = new CancellationTokenSource(Until.Limit);
        for (long goal = await side.ReceivedAsync(_audio) + packets; await side.ReceivedAsync(_audio) < goal;)
        {
            Assert.False(limit.IsCancellationRequested, $"{Who(side)} receives no sound");
            await Task.Delay(40);
        }
    }
}
