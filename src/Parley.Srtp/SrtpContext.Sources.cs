using System.Diagnostics.CodeAnalysis;
using Parley.Net;

namespace Parley.Srtp;

/// <content>
/// The table of sources. RFC 3711 §3.2.3 gives each SSRC a context of its own, and §3.3.2 a replay list that must not be forgotten while
/// the key lives. So what makes room for a new source keeps its highest indices: it may come back with newer packets, under the right
/// roll-over counter, and nothing of it can be replayed. </content>
public sealed partial class SrtpContext
{
    /// <summary>
    /// How many sources a context knows in full at most; further ones are answered with <see cref="SrtpError.TooManySources"/> until one of
    /// those has been idle for a while.
    /// </summary>
    public const int MaxSources = 1000;

    /// <summary>
    /// Of how many sources that made room for others the highest indices are kept. When there are as many, none makes room any more.
    /// </summary>
    public const int MaxDepartedSources = 65_536;

    /// <summary>How long a source has been silent that makes room for another. A source in use reports every few seconds.</summary>
    private static readonly TimeSpan IdleBeforeDeparture = TimeSpan.FromSeconds(10);

    private readonly Dictionary<uint, Source> _sources = [];
    private readonly Dictionary<uint, Departed> _departed = [];
    private Source? _latest;
    private Instant _nextDeparture;

    /// <summary>Sources known in full now, from 0 to <see cref="MaxSources"/>.</summary>
    public int SourceCount => _sources.Count;

    /// <summary>
    /// Sources that made room for others and of which the highest indices are kept, from 0 to <see cref="MaxDepartedSources"/>.
    /// </summary>
    public int DepartedSourceCount => _departed.Count;

    /// <summary>The present, by which idle sources are told. Whoever drives the context sets it before packets are taken in.</summary>
    public Instant Now { get; set; }

    /// <summary>
    /// Whether a received source must keep its place, since it belongs to what was negotiated; null: none must. Asked when the table is
    /// full.
    /// </summary>
    public Func<uint, bool>? IsInUse { get; set; }

    /// <summary>Gives a source that a description names its place in the table before its first packet, whoever must make room.</summary>
    /// <returns>False: all places are taken by sources in use.</returns>
    public bool Reserve(uint ssrc) =>
        Find(ssrc) is not null || ((_sources.Count < MaxSources || TryDepart(TimeSpan.Zero)) && Add(ssrc) is not null);

    /// <summary>
    /// Forgets a source, so that another can take its place. Its old packets could then be replayed, and an outbound source
    /// that came back would start at its first roll-over again and use key streams twice: only for sources that never return under this
    /// key.
    /// </summary>
    /// <returns>Whether it was known.</returns>
    public bool Remove(uint ssrc)
    {
        if (_latest?.Ssrc == ssrc)
        {
            _latest = null;
        }

        _nextDeparture = default;
        return _departed.Remove(ssrc) | _sources.Remove(ssrc);
    }

    /// <summary>Whether there may be room for a source: worth looking at its packet's tag.</summary>
    private bool CanAdmit => _sources.Count < MaxSources || (Now >= _nextDeparture && _departed.Count < MaxDepartedSources);

    private Source? Find(uint ssrc)
    {
        // Packets of one source come in a row.
        if (_latest?.Ssrc == ssrc)
        {
            return _latest;
        }

        if (_sources.TryGetValue(ssrc, out var source))
        {
            _latest = source;
        }

        return source;
    }

    private long HighestOfDeparted(uint ssrc) => _departed.TryGetValue(ssrc, out var departed) ? departed.HighestRtp : -1;

    private SrtpError CheckDeparted(uint ssrc, bool isRtcp, long index) =>
        _departed.TryGetValue(ssrc, out var departed) && index <= (isRtcp ? departed.HighestRtcp : departed.HighestRtp)
            ? SrtpError.TooOld
            : SrtpError.None;

    /// <summary>Makes a place for a source whose packet proved authentic.</summary>
    private bool TryAdmit(uint ssrc, [NotNullWhen(true)] out Source? source)
    {
        source = _sources.Count < MaxSources || TryDepart(IdleBeforeDeparture) ? Add(ssrc) : null;
        return source is not null;
    }

    private bool TryAdd(uint ssrc, out Source source)
    {
        source = null!;
        if (_sources.Count >= MaxSources)
        {
            return false;
        }

        source = Add(ssrc);
        return true;
    }

    private Source Add(uint ssrc)
    {
        var source = new Source(ssrc) { LastHeardAt = Now };
        if (_departed.Remove(ssrc, out var departed))
        {
            source.Rtp = ReplayWindow.From(departed.HighestRtp);
            source.Rtcp = ReplayWindow.From(departed.HighestRtcp);
        }

        _sources.Add(ssrc, source);
        _latest = source;
        return source;
    }

    /// <summary>
    /// Takes the source that has been silent longest, and long enough, out of the table; those in use stay. False: there is none.
    /// </summary>
    private bool TryDepart(TimeSpan idle)
    {
        if (_departed.Count >= MaxDepartedSources)
        {
            return false;
        }

        Source? oldest = null;
        foreach (var source in _sources.Values)
        {
            if ((oldest is null || source.LastHeardAt < oldest.LastHeardAt) && IsInUse?.Invoke(source.Ssrc) != true)
            {
                oldest = source;
            }
        }

        if (oldest is null || Now < oldest.LastHeardAt + idle)
        {
            // Until then nobody need look again.
            _nextDeparture = oldest is null ? Now + idle : oldest.LastHeardAt + idle;
            return false;
        }

        _sources.Remove(oldest.Ssrc);
        _latest = null;
        if (oldest.Rtp.Highest >= 0 || oldest.Rtcp.Highest >= 0)
        {
            _departed[oldest.Ssrc] = new Departed(oldest.Rtp.Highest, oldest.Rtcp.Highest);
        }

        return true;
    }

    private readonly record struct Departed(long HighestRtp, long HighestRtcp);
}
