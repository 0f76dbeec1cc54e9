using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp;

/// <content>What a packet says of where its media comes from: contributing sources with their levels (RFC 6465), and the time of
/// capture.</content>
public sealed partial class RtpOutbound
{
    /// <summary>As many as a header's count can name (RFC 3550 §5.1).</summary>
    private const int MaxContributors = 15;
    private const int SourceLength = 4;
    private const int ContributorLength = SourceLength + 1;
    private const byte SilentLevel = 127;
    private const int CaptureTimeLength = 16;

    /// <summary>In between whoever receives reckons by the RTP clock.</summary>
    private static readonly TimeSpan CaptureTimeInterval = TimeSpan.FromSeconds(1);

    private Instant? _captureTimeSentAt;

    /// <summary>What the sources of one packet take of its header at most: a word each, and an extension with a level each.</summary>
    private static int RoomFor(int contributors) => contributors == 0 ? 0 : contributors * SourceLength + 4 + 2 + contributors + 3;

    private static int CountOf(in RtpFrame frame) => Math.Min(frame.Contributors.Length, MaxContributors);

    private static bool TellsLevels(in RtpFrame frame)
    {
        foreach (var contributor in frame.Contributors)
        {
            if (contributor.Level is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps the sources at the head of a packet's room until its header is written over them.</summary>
    private static void KeepContributors(in RtpFrame frame, Span<byte> room)
    {
        for (var i = 0; i < CountOf(frame); i++)
        {
            var entry = room[(i * ContributorLength)..];
            BinaryPrimitives.WriteUInt32BigEndian(entry, frame.Contributors[i].Source.Value);
            entry[SourceLength] = Math.Min(SilentLevel, frame.Contributors[i].Level ?? SilentLevel);
        }
    }

    private void WriteContributors(ref RtpHeaderWriter writer, in SendRecord record, bool isSent)
    {
        // RFC 4588 §4: a retransmission has the header fields of the original, whose header stands in the store once it is sent.
        var bytes = _store.Bytes(record);
        for (var i = 0; i < record.Contributors; i++)
        {
            var at = isSent ? RtpPacketView.FixedHeaderLength + i * SourceLength : i * ContributorLength;
            writer.AddContributingSource(new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..])));
        }
    }

    /// <summary>RFC 6465 §3: a level for each contributing source, in their order.</summary>
    private void WriteContributorLevels(ref RtpHeaderWriter writer, in SendRecord record)
    {
        var levels = writer.AddExtension(Options.Extensions.MixerAudioLevel, record.Contributors);
        var bytes = _store.Bytes(record);
        for (var i = 0; i < record.Contributors; i++)
        {
            levels[i] = bytes[i * ContributorLength + SourceLength];
        }
    }

    private bool CaptureTimeDue(in SendRecord record, Instant now) =>
        Options.Extensions.AbsoluteCaptureTime != 0
        && (record.Flags & SendFlags.FrameStart) != 0
        && (_captureTimeSentAt is not { } last || now - last >= CaptureTimeInterval);

    // http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time: the capture clock's NTP time, then how far our clock is from that
    // clock. What is sent here is captured here: the clocks are one.
    private void WriteCaptureTime(ref RtpHeaderWriter writer, in SendRecord record, Instant now)
    {
        var data = writer.AddExtension(Options.Extensions.AbsoluteCaptureTime, CaptureTimeLength);
        BinaryPrimitives.WriteUInt64BigEndian(data, _session.NtpTime(record.CapturedAt).Value);
        BinaryPrimitives.WriteInt64BigEndian(data[sizeof(ulong)..], 0);
        _captureTimeSentAt = now;
    }
}
