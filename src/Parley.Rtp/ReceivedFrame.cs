using Parley.Net;

namespace Parley.Rtp;

/// <summary>
/// A frame taken out of its packets, or one packet's payload where packets were asked for. The object and its bytes are reused:
/// they are valid until the next <see cref="RtpSession.TryRead"/>.
/// </summary>
public sealed class ReceivedFrame
{
    private readonly Ssrc[] _contributingSources = new Ssrc[15];
    private readonly byte[] _contributingLevels = new byte[15];
    private int _contributingSourceCount;
    private int _contributingLevelCount;

    internal ReceivedFrame()
    {
    }

    /// <summary>
    /// The encoded bytes; H.264 with start codes; AV1 as a temporal unit whose OBUs say their sizes, without a delimiter; a packet's
    /// payload as it came.
    /// </summary>
    public ReadOnlyMemory<byte> Data => Buffer.Memory;

    /// <summary>How the bytes are encoded.</summary>
    public RtpCodec Codec { get; internal set; } = null!;

    /// <summary>The RTP timestamp as on the wire.</summary>
    public RtpTimestamp Timestamp { get; internal set; }

    /// <summary>The RTP timestamp with its roll-overs counted; negative only when the stream began with a reordered packet.</summary>
    public long ExtendedTimestamp { get; internal set; }

    /// <summary>The number of the frame's first packet.</summary>
    public ExtendedSequenceNumber SequenceNumber { get; internal set; }

    /// <summary>How many packets carried the frame.</summary>
    public int PacketCount { get; internal set; }

    /// <summary>The marker bit of the frame's last packet; of sound, that a talkspurt begins (RFC 3551 §4.1).</summary>
    public bool Marker { get; internal set; }

    /// <summary>When the first of the frame's packets arrived.</summary>
    public Instant FirstArrivedAt { get; internal set; }

    /// <summary>When the last of them arrived; not always that of the frame's end.</summary>
    public Instant LastArrivedAt { get; internal set; }

    /// <summary>When the packet at the frame's end arrived.</summary>
    public Instant ArrivedAt { get; internal set; }

    /// <summary>
    /// When the frame was captured by the sender's wall clock; null before its first sender report. Frames of streams with one
    /// CNAME line up by it (RFC 3550 §6.4.1).
    /// </summary>
    public NtpTimestamp? CapturedAt { get; internal set; }

    /// <summary>
    /// When the frame was captured, by the clock of who captured it, as the abs-capture-time extension tells or its last value and the RTP
    /// clock make it; null when no packet told.
    /// </summary>
    public NtpTimestamp? CaptureTime { get; internal set; }

    /// <summary>How far the sender believes its clock to be ahead of that clock; null when not told.</summary>
    public TimeSpan? CaptureClockOffset { get; internal set; }

    /// <summary>Whether decoding can begin here. Sound always is so.</summary>
    public bool IsKeyFrame { get; internal set; }

    /// <summary>Whether packets between the frame before and this one were lost for good.</summary>
    public bool FollowsLoss { get; internal set; }

    /// <summary>
    /// Whether every frame since a key frame came whole, so that a decoder shows this one without error. Sound always is so.
    /// </summary>
    public bool IsDecodable { get; internal set; }

    /// <summary>The picture's width in pixels, of key frames of VP8, VP9, AV1 and H.264; else 0.</summary>
    public int Width { get; internal set; }

    /// <summary>The picture's height in pixels, of key frames of VP8, VP9, AV1 and H.264; else 0.</summary>
    public int Height { get; internal set; }

    /// <summary>The sound's level in -dBov, 0 (loudest) to 127 (silence); null when not told (RFC 6464).</summary>
    public byte? AudioLevel { get; internal set; }

    /// <summary>Whether the sender's voice detection heard a voice; false when not told (RFC 6464).</summary>
    public bool VoiceActivity { get; internal set; }

    /// <summary>How the picture must be turned to stand upright: what the sender told last; null when it never did.</summary>
    public VideoOrientation? Orientation { get; internal set; }

    /// <summary>The sources that a mixer put together here (CSRC).</summary>
    public ReadOnlySpan<Ssrc> ContributingSources => _contributingSources.AsSpan(0, _contributingSourceCount);

    /// <summary>Their sound's levels in -dBov, in the same order, as many as the mixer told (RFC 6465).</summary>
    public ReadOnlySpan<byte> ContributingLevels => _contributingLevels.AsSpan(0, _contributingLevelCount);

    internal FrameBuffer Buffer { get; } = new();

    internal void Begin()
    {
        Buffer.Clear();
        _contributingSourceCount = _contributingLevelCount = 0;
        PacketCount = Width = Height = 0;
        AudioLevel = null;
        VoiceActivity = FollowsLoss = Marker = IsKeyFrame = false;
        CapturedAt = CaptureTime = null;
        CaptureClockOffset = null;
    }

    /// <summary>Takes the contributing sources of the frame's first packet.</summary>
    internal void AddContributingSources(in RtpPacketView packet, ReadOnlySpan<byte> levels)
    {
        _contributingSourceCount = packet.ContributingSourceCount;
        _contributingLevelCount = Math.Min(levels.Length, _contributingSourceCount);
        for (var i = 0; i < _contributingSourceCount; i++)
        {
            _contributingSources[i] = packet.ContributingSource(i);
        }

        for (var i = 0; i < _contributingLevelCount; i++)
        {
            _contributingLevels[i] = (byte)(levels[i] & 0x7F);
        }
    }
}
