using System.Runtime.InteropServices;

namespace Parley.Media;

/// <summary>What decoders share: they see gaps in the timeline and have them filled in.</summary>
internal abstract class ConcealingDecoder(MediaFormat format, int maximumSamples) : AudioDecoder
{
    // Beyond this nobody takes what is filled in for sound; the timeline leaps.
    private static readonly TimeSpan MaximumGap = TimeSpan.FromMilliseconds(500);

    private readonly byte[] _buffer = new byte[maximumSamples * format.Channels * sizeof(short)];
    private TimeSpan? _expected;

    public sealed override MediaFormat Format { get; } = format;

    public sealed override void Decode(in MediaFrame frame, FrameHandler decoded)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        var timestamp = frame.Timestamp;
        var packet = frame.Data.Span;
        if (_expected is { } expected)
        {
            var gap = frame.Timestamp - expected;
            if (gap > TimeSpan.Zero && gap <= LongestGap)
            {
                Fill(frame, gap, decoded);
            }

            // Frames that overlap by the rounding of timestamps are one line nevertheless.
            if (gap.Duration() <= MaximumGap && (gap < TimeSpan.Zero || _expected > timestamp))
            {
                timestamp = _expected.Value;
            }
        }

        Begin(frame.Format);
        var samples = Samples(packet, MemoryMarshal.Cast<byte, short>(_buffer.AsSpan()));
        _expected = timestamp;
        Deliver(frame, samples, frame.FollowsLoss, decoded);
    }

    /// <summary>The longest gap that is filled in.</summary>
    protected virtual TimeSpan LongestGap => MaximumGap;

    /// <summary>Whether the gap now is one that the sender left, in silence.</summary>
    protected virtual bool IsSilent => false;

    /// <summary>The next packet to decode is of this format.</summary>
    protected virtual void Begin(MediaFormat format)
    {
    }

    /// <summary>Decodes a packet; gives the samples per channel.</summary>
    protected abstract int Samples(ReadOnlySpan<byte> packet, Span<short> samples);

    /// <summary>Fills in for what was lost; gives the samples per channel: as many as wanted, or as few less as the codec must.</summary>
    /// <param name="wanted">Samples per channel to fill in, at most <c>maximumSamples</c>.</param>
    /// <param name="next">The packet after the gap when this piece borders on it, otherwise empty.</param>
    /// <param name="samples">Where to.</param>
    protected abstract int Conceal(int wanted, ReadOnlySpan<byte> next, Span<short> samples);

    private void Fill(in MediaFrame frame, TimeSpan gap, FrameHandler decoded)
    {
        var left = (int)Math.Round(gap.TotalSeconds * Format.ClockRate);
        var step = Format.ClockRate / 50;
        while (left > 0)
        {
            var wanted = Math.Min(left, step);
            var samples = Conceal(wanted, wanted == left ? frame.Data.Span : default, MemoryMarshal.Cast<byte, short>(_buffer.AsSpan()));
            if (samples <= 0)
            {
                return;
            }

            Deliver(frame, samples, followsLoss: !IsSilent, decoded);
            left -= samples;
        }
    }

    private void Deliver(in MediaFrame frame, int samples, bool followsLoss, FrameHandler decoded)
    {
        if (samples <= 0)
        {
            return;
        }

        var duration = TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / Format.ClockRate);
        decoded(frame with
        {
            Format = Format,
            Data = _buffer.AsMemory(0, samples * Format.Channels * sizeof(short)),
            Timestamp = _expected!.Value,
            Duration = duration,
            IsKeyFrame = true,
            FollowsLoss = followsLoss,
        });
        _expected += duration;
    }
}
