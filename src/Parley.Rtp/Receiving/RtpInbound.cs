namespace Parley.Rtp;

/// <summary>One receiving m-section. Its sources appear as packets come (<see cref="RtpEventKind.StreamAdded"/>).</summary>
public sealed class RtpInbound
{
    private readonly RtpCodec?[] _byPayloadType = new RtpCodec?[128];
    private readonly bool[] _isRtx = new bool[128];
    private readonly List<RtpInboundStream> _streams = [];
    private byte[] _mid = [];

    private readonly RtpSession _session;

    internal RtpInbound(RtpSession session, RtpInboundOptions options)
    {
        _session = session;
        Apply(options);
    }

    /// <summary>What was negotiated last.</summary>
    public RtpInboundOptions Options { get; private set; } = null!;

    /// <summary>The m-section's media identification.</summary>
    public string? Mid => Options.Mid;

    /// <summary>The sources heard so far.</summary>
    public IReadOnlyList<RtpInboundStream> Streams => _streams;

    /// <summary>Takes over what was negotiated anew. Streams that are heard go on.</summary>
    public void Update(RtpInboundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Apply(options);
        _session.OnInboundChanged(this);
    }

    /// <summary>The m-section's identification as the header extension carries it; empty when there is none.</summary>
    internal ReadOnlySpan<byte> MidBytes => _mid;

    internal List<RtpInboundStream> StreamList => _streams;

    internal bool Accepts(PayloadType type) => _byPayloadType[type.Value & 0x7F] is not null;

    /// <summary>The codec of a payload type, or the one whose retransmissions it carries.</summary>
    internal RtpCodec? Codec(PayloadType type, out bool isRtx)
    {
        isRtx = _isRtx[type.Value & 0x7F];
        return _byPayloadType[type.Value & 0x7F];
    }

    internal void Apply(RtpInboundOptions options)
    {
        Options = options;
        _mid = System.Text.Encoding.UTF8.GetBytes(options.Mid ?? "");
        Array.Clear(_byPayloadType);
        Array.Clear(_isRtx);
        foreach (var codec in options.Codecs)
        {
            _byPayloadType[codec.PayloadType.Value & 0x7F] = codec;
            if (codec.RtxPayloadType is { } rtx)
            {
                _byPayloadType[rtx.Value & 0x7F] = codec;
                _isRtx[rtx.Value & 0x7F] = true;
            }
        }
    }
}
