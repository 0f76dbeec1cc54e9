using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Parley.Rtp;

namespace Parley;

/// <summary>The sources heard in the last ten seconds (webrtc-pc §5.3). Written by the loop, read by the user.</summary>
internal sealed class ReceivedSources
{
    private const int MaxSources = 64;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Entry> _synchronizing = [];
    private readonly Dictionary<uint, Entry> _contributing = [];

    public void OnFrame(Ssrc ssrc, ReceivedFrame frame, bool isAudio, DateTimeOffset now)
    {
        lock (_gate)
        {
            var timestamp = frame.Timestamp.Value;
            Set(
                _synchronizing,
                ssrc,
                new Entry(now, timestamp, isAudio ? frame.AudioLevel : null, frame.CaptureTime, frame.CaptureClockOffset));
            var sources = frame.ContributingSources;
            var levels = frame.ContributingLevels;
            for (var i = 0; i < sources.Length; i++)
            {
                byte? level = isAudio && i < levels.Length ? levels[i] : null;
                Set(_contributing, sources[i], new Entry(now, timestamp, level, frame.CaptureTime, frame.CaptureClockOffset));
            }
        }
    }

    public IReadOnlyList<RtpSynchronizationSource> Synchronizing(DateTimeOffset now)
    {
        lock (_gate)
        {
            return [.. Recent(_synchronizing, now).Select(pair => new RtpSynchronizationSource
            {
                Timestamp = pair.Value.At,
                Source = pair.Key,
                AudioLevel = Linear(pair.Value.Level),
                RtpTimestamp = pair.Value.RtpTimestamp,
                CaptureTimestamp = pair.Value.CaptureTime?.ToDateTimeOffset(),
                SenderCaptureTimeOffset = pair.Value.CaptureOffset,
            })];
        }
    }

    public IReadOnlyList<RtpContributingSource> Contributing(DateTimeOffset now)
    {
        lock (_gate)
        {
            return [.. Recent(_contributing, now).Select(pair => new RtpContributingSource
            {
                Timestamp = pair.Value.At,
                Source = pair.Key,
                AudioLevel = Linear(pair.Value.Level),
                RtpTimestamp = pair.Value.RtpTimestamp,
                CaptureTimestamp = pair.Value.CaptureTime?.ToDateTimeOffset(),
                SenderCaptureTimeOffset = pair.Value.CaptureOffset,
            })];
        }
    }

    private static IEnumerable<KeyValuePair<uint, Entry>> Recent(Dictionary<uint, Entry> entries, DateTimeOffset now) =>
        entries.Where(pair => now - pair.Value.At <= Kept).OrderByDescending(pair => pair.Value.At);

    /// <summary>"A value of 127 is converted to 0, and all other values are converted using the equation: 10^(-rfc_level/20)."</summary>
    private static double? Linear(byte? level) => level is { } decibels ? (decibels == 127 ? 0 : Math.Pow(10, -decibels / 20.0)) : null;

    private static void Set(Dictionary<uint, Entry> entries, Ssrc source, Entry entry)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(entries, source.Value);
        if (!Unsafe.IsNullRef(ref known))
        {
            known = entry;
            return;
        }

        if (entries.Count >= MaxSources)
        {
            entries.Remove(entries.MinBy(pair => pair.Value.At).Key);
        }

        entries.Add(source.Value, entry);
    }

    private readonly record struct Entry(
        DateTimeOffset At, uint RtpTimestamp, byte? Level, NtpTimestamp? CaptureTime, TimeSpan? CaptureOffset);
}
