using System.Collections.Concurrent;
using System.Text.Json;
using Parley.Interop.Peers;

namespace Parley.Interop.Conversations;

/// <summary>
/// A bare peer in Chromium and a bare one of Parley. Candidates go their way by themselves; descriptions the test carries, step by step, or
/// both sides negotiate perfectly.
/// </summary>
public sealed class Conversation : IAsyncDisposable
{
    private readonly bool _chromiumOffers;
    private readonly ConcurrentQueue<string> _failures = new();

    private Conversation(ChromiumSide chromium, ParleySide net, bool chromiumOffers)
    {
        Chromium = chromium;
        Net = net;
        _chromiumOffers = chromiumOffers;
    }

    public ChromiumSide Chromium { get; }

    public ParleySide Net { get; }

    /// <summary>The side that makes the offers of <see cref="NegotiateAsync()"/>.</summary>
    public ISide Offerer => _chromiumOffers ? Chromium : Net;

    /// <summary>The other.</summary>
    public ISide Answerer => _chromiumOffers ? Net : Chromium;

    /// <summary>Both begin.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="chromiumOffers">Whether the offerer is Chromium.</param>
    /// <param name="configuration">Parley's configuration.</param>
    /// <param name="chromium">Chromium's RTCConfiguration, as JavaScript.</param>
    /// <param name="chromiumAllAtOnce">Whether Chromium's candidates are in its descriptions.</param>
    /// <param name="netAllAtOnce">Whether Parley's are.</param>
    /// <param name="network">Parley's network; null: loopback.</param>
    public static async Task<Conversation> BeginAsync(
        Browser browser, bool chromiumOffers, PeerConnectionConfiguration? configuration = null, string chromium = "{}",
        bool chromiumAllAtOnce = false, bool netAllAtOnce = false,
        Parley.Net.INetwork? network = null)
    {
        var talk = new Conversation(
            await ChromiumSide.OpenAsync(browser, chromium, chromiumAllAtOnce),
            new ParleySide(configuration, netAllAtOnce, network is null ? null : Parley.Net.Platform.Default with { Network = network }),
            chromiumOffers);
        if (!chromiumAllAtOnce)
        {
            talk.Chromium.Told += async message =>
            {
                if (message.TryGetProperty("candidate", out JsonElement candidate))
                {
                    await talk.Observe(talk.Net.TakeCandidateAsync(candidate));
                }
            };
        }

        if (!netAllAtOnce)
        {
            talk.Net.Connection.IceCandidateGathered += async (_, e) =>
                await talk.Observe(
                    talk.Chromium.GiveAsync(
                        new
                        {
                            candidate = e.Candidate is { } c
                                ? new
                                {
                                    candidate = c.Candidate,
                                    sdpMid = c.SdpMid,
                                    sdpMLineIndex = c.SdpMLineIndex,
                                    usernameFragment = c.UsernameFragment,
                                }
                                : null,
                        }));
        }

        return talk;
    }

    /// <summary>One whole round: the offerer offers, the answerer answers.</summary>
    public Task NegotiateAsync() => NegotiateAsync(Offerer, Answerer);

    /// <summary>One whole round by the answerer's offer.</summary>
    public Task NegotiateBackAsync() => NegotiateAsync(Answerer, Offerer);

    /// <summary>Waits until both are connected.</summary>
    public Task ExpectConnectedAsync() => Task.WhenAll(Chromium.ExpectConnectedAsync(), Net.ExpectConnectedAsync());

    /// <summary>Adds a track of each kind named, to each side, negotiates and waits until packets flow both ways.</summary>
    public async Task CallAsync(params string[] kinds)
    {
        foreach (string kind in kinds)
        {
            await Offerer.AddTrackAsync(kind);
        }

        SessionDescription offer = await Offerer.OfferAsync();
        await Answerer.TakeAsync(offer);
        foreach (string kind in kinds)
        {
            await Answerer.AddTrackAsync(kind);
        }

        await Offerer.TakeAsync(await Answerer.AnswerAsync());
        await ExpectConnectedAsync();
        await Task.WhenAll(
            Net.Connection.GetTransceivers().Where(t => t.CurrentDirection == RtpTransceiverDirection.SendRecv).Select(t =>
                ExpectPacketsBothWaysAsync(t.Mid!)));
    }

    /// <summary>Waits for packets of a section on both sides.</summary>
    public Task ExpectPacketsBothWaysAsync(string mid) => Task.WhenAll(Chromium.ExpectPacketsAsync(mid), Net.ExpectPacketsAsync(mid));

    /// <summary>
    /// Expects the same sections on both sides, with mirrored current directions: "mid kind current" of Parley's, in order.
    /// </summary>
    public async Task ExpectAsync(string ofNet)
    {
        string[] expected = ofNet.Split(", ", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, Current(await Net.TransceiversAsync(), mirrored: false).Order());
        Assert.Equal(expected, Current(await Chromium.TransceiversAsync(), mirrored: true).Order());
    }

    /// <summary>Neither side had anything to complain of.</summary>
    public async Task ExpectNoErrorsAsync()
    {
        Assert.Empty(_failures);
        Assert.Empty(await Chromium.ErrorsAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Net.DisposeAsync();
        await Chromium.DisposeAsync();
    }

    private static IEnumerable<string> Current(string transceivers, bool mirrored) =>
        from entry in transceivers[(transceivers.IndexOf(';') + 1)..].Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let words = entry.Split(' ', '/')
        let current = words[3]
        let seen = mirrored && current == "sendonly" ? "recvonly" : mirrored && current == "recvonly" ? "sendonly" : current
        select $"{words[0]} {words[1]} {seen}";

    private static async Task NegotiateAsync(ISide offerer, ISide answerer)
    {
        await answerer.TakeAsync(await offerer.OfferAsync());
        await offerer.TakeAsync(await answerer.AnswerAsync());
    }

    private async Task Observe(Task step)
    {
        try
        {
            await step;
        }
        catch (Exception exception)
        {
            // What happens after the end is of no interest.
            if (Net.Connection.SignalingState != SignalingState.Closed)
            {
                _failures.Enqueue(exception.ToString());
            }
        }
    }
}
