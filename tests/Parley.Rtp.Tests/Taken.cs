using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>What stays of a received frame.</summary>
internal sealed class Taken(ReceivedFrame frame, RtpInboundStream stream)
{
    public RtpInboundStream Stream { get; } = stream;

    public byte[] Data { get; } = frame.Data.ToArray();

    public uint Timestamp { get; } = frame.Timestamp.Value;

    public long ExtendedTimestamp { get; } = frame.ExtendedTimestamp;

    public long Sequence { get; } = frame.SequenceNumber.Value;

    public bool IsKeyFrame { get; } = frame.IsKeyFrame;

    public bool IsDecodable { get; } = frame.IsDecodable;

    public bool FollowsLoss { get; } = frame.FollowsLoss;

    public bool Marker { get; } = frame.Marker;

    public int Width { get; } = frame.Width;

    public int Height { get; } = frame.Height;

    public int PacketCount { get; } = frame.PacketCount;

    public byte? AudioLevel { get; } = frame.AudioLevel;

    public NtpTimestamp? CapturedAt { get; } = frame.CapturedAt;

    public Instant ArrivedAt { get; } = frame.ArrivedAt;

    public string Codec { get; } = frame.Codec.Name;
}
