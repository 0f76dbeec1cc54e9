using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp;

/// <content>Asking for packets that miss (RFC 4585 §6.2.1) and for key frames (RFC 4585 §6.3.1, RFC 5104 §4.3.1).</content>
public sealed partial class RtpInboundStream
{
    private const int MaxNackPairs = 64;
    private static readonly TimeSpan DefaultRoundTripTime = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan SilenceBeforeKeyFrameRequestsStop = TimeSpan.FromSeconds(2);

    private Instant? _nextNackAt;
    private bool _keyFrameNeeded;
    private bool _keyFrameWanted;
    private Instant? _keyFrameAskedAt;
    private byte _firSequence;

    /// <summary>When time alone changes something.</summary>
    internal Instant? Deadline
    {
        get
        {
            Instant? deadline = _missing > 0 ? HeadDeadline : null;
            if (_missing > 0 && CanNack)
            {
                deadline = Instant.Earliest(deadline, _nextNackAt);
            }

            return Instant.Earliest(Instant.Earliest(deadline, EventDeadline), KeyFrameRequestAt);
        }
    }

    private bool CanNack => Codec is { } codec && (codec.Feedback & RtpFeedback.Nack) != 0;

    private bool CanAskForKeyFrame => Codec is { } codec && (codec.Feedback & (RtpFeedback.Pli | RtpFeedback.Fir)) != 0;

    /// <summary>When to ask for a key frame; a source that has fallen silent is not asked again and again.</summary>
    private Instant? KeyFrameRequestAt
    {
        get
        {
            if (!(_keyFrameNeeded || _keyFrameWanted) || !CanAskForKeyFrame)
            {
                return null;
            }

            var at = _keyFrameAskedAt is { } asked ? asked + KeyFrameSpacing : LastPacketAt;
            return _keyFrameWanted || at <= LastPacketAt + SilenceBeforeKeyFrameRequestsStop ? at : null;
        }
    }

    private TimeSpan RequestSpacing
    {
        get
        {
            var spacing = (_session.RoundTripTime ?? DefaultRoundTripTime) * 1.25;
            return spacing < TimeSpan.FromMilliseconds(20) ? TimeSpan.FromMilliseconds(20) : spacing;
        }
    }

    private TimeSpan KeyFrameSpacing
    {
        get
        {
            var spacing = (_session.RoundTripTime ?? DefaultRoundTripTime) * 2;
            return spacing < TimeSpan.FromMilliseconds(200) ? TimeSpan.FromMilliseconds(200) : spacing;
        }
    }

    internal void Advance(Instant now)
    {
        ReleaseOverdue(now);
        AdvanceEvent(now);
    }

    internal void WantKeyFrame() => _keyFrameWanted = true;

    /// <summary>Whether a request for a key frame is due.</summary>
    internal bool KeyFrameRequestDue(Instant now) => KeyFrameRequestAt <= now;

    /// <summary>Whether packets are due to be asked for.</summary>
    internal bool NackDue(Instant now) => _missing > 0 && CanNack && _nextNackAt <= now;

    /// <summary>Writes what is due; false when it does not fit.</summary>
    internal bool TryWriteFeedback(ref RtcpWriter writer, Ssrc sender, Instant now)
    {
        if (KeyFrameRequestDue(now) && !TryWriteKeyFrameRequest(ref writer, sender, now))
        {
            return false;
        }

        return !NackDue(now) || TryWriteNack(ref writer, sender, now);
    }

    private bool TryWriteKeyFrameRequest(ref RtcpWriter writer, Ssrc sender, Instant now)
    {
        if ((Codec!.Feedback & RtpFeedback.Pli) != 0)
        {
            if (!writer.TryWritePictureLossIndication(sender, Ssrc))
            {
                return false;
            }

            _statistics.PliCount++;
        }
        else
        {
            if (!writer.TryWriteFullIntraRequest(sender, Ssrc, ++_firSequence))
            {
                return false;
            }

            _statistics.FirCount++;
        }

        _keyFrameAskedAt = now;
        _keyFrameWanted = false;
        return true;
    }

    private bool TryWriteNack(ref RtcpWriter writer, Ssrc sender, Instant now)
    {
        Span<byte> pairs = stackalloc byte[4 * MaxNackPairs];
        var count = 0;
        var most = Math.Min(MaxNackPairs, (writer.Remaining - 12) / 4);
        long first = long.MinValue;
        for (var sequence = _next; sequence <= _highest; sequence++)
        {
            ref var slot = ref Slot(sequence);
            if (slot.Sequence != sequence || slot.State != ReorderState.Missing || DueAt(slot) > now)
            {
                continue;
            }

            if (count == 0 || sequence - first > 16)
            {
                if (count >= most)
                {
                    break;
                }

                first = sequence;
                BinaryPrimitives.WriteUInt32BigEndian(pairs[(4 * count++)..], (uint)(ushort)sequence << 16);
            }
            else
            {
                var pair = pairs[(4 * (count - 1))..];
                BinaryPrimitives.WriteUInt16BigEndian(
                    pair[2..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(pair[2..]) | 1 << (int)(sequence - first - 1)));
            }

            slot.Requests++;
            slot.RequestedAt = now;
        }

        _nextNackAt = NextNack();
        if (count == 0)
        {
            return most > 0;
        }

        writer.TryWriteGenericNack(sender, Ssrc, count, out var information);
        pairs[..(4 * count)].CopyTo(information);
        _statistics.NackCount++;
        return true;
    }

    private Instant DueAt(in ReorderSlot slot) =>
        slot.Requests == 0 ? slot.At + _session.Options.NackDelay
        : slot.Requests >= _session.Options.MaxNacksPerPacket ? Instant.MaxValue
        : slot.RequestedAt + RequestSpacing;

    private Instant? NextNack()
    {
        var next = Instant.MaxValue;
        for (var sequence = _next; sequence <= _highest; sequence++)
        {
            ref var slot = ref Slot(sequence);
            if (slot.Sequence == sequence && slot.State == ReorderState.Missing)
            {
                next = Earlier(next, DueAt(slot));
            }
        }

        return next == Instant.MaxValue ? null : next;
    }

    private void NeedKeyFrame() => _keyFrameNeeded = true;

    private void OnKeyFrame() => _keyFrameNeeded = _keyFrameWanted = false;
}
