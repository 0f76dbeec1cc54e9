namespace Parley.Rtp;

/// <summary>The blocks of a payload with redundancy, the oldest first and the packet's own last (RFC 2198 §3).</summary>
/// <remarks><code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |1|   block PT  |  timestamp offset         |   block length    |  (for each block but the last)
/// |0|   block PT  |
/// +-+-+-+-+-+-+-+-+  then the blocks' data
/// </code></remarks>
internal ref struct RedundantBlocks
{
    private const int HeaderLength = 4;

    /// <summary>As many as libwebrtc takes. Each may become a frame.</summary>
    private const int MaxBlocks = 32;

    private ReadOnlySpan<byte> _headers;
    private ReadOnlySpan<byte> _data;

    /// <summary>The payload type of the packet's own block.</summary>
    public PayloadType PrimaryType { get; private init; }

    /// <summary>
    /// Whether a block is left, and the next one: its payload type, how much earlier than the packet it was sampled, in ticks, and its
    /// data.
    /// </summary>
    public bool TryRead(out PayloadType type, out int offset, out ReadOnlySpan<byte> data)
    {
        if (_headers.IsEmpty)
        {
            (type, offset) = (default, 0);
            data = default;
            return false;
        }

        type = new PayloadType((byte)(_headers[0] & 0x7F));
        if (_headers.Length == 1)
        {
            offset = 0;
            data = _data;
            _headers = default;
            return true;
        }

        offset = _headers[1] << 6 | _headers[2] >> 2;
        var length = (_headers[2] & 0x03) << 8 | _headers[3];
        data = _data[..length];
        _data = _data[length..];
        _headers = _headers[HeaderLength..];
        return true;
    }

    /// <summary>Reads the headers; false when they, or the data they tell of, pass the end, or there are more than 32.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out RedundantBlocks blocks)
    {
        blocks = default;
        var (at, length) = (0, 0);
        for (; at < payload.Length && (payload[at] & 0x80) != 0; at += HeaderLength)
        {
            if (payload.Length - at < HeaderLength || at == (MaxBlocks - 1) * HeaderLength)
            {
                return false;
            }

            length += (payload[at + 2] & 0x03) << 8 | payload[at + 3];
        }

        if (at >= payload.Length || length > payload.Length - at - 1)
        {
            return false;
        }

        blocks =
            new RedundantBlocks { PrimaryType = new PayloadType(payload[at]), _headers = payload[..(at + 1)], _data = payload[(at + 1)..] };
        return true;
    }
}
