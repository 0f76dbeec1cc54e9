using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>Reads the items of a source description (RFC 3550 §6.5), chunk after chunk.</summary>
public ref struct RtcpSourceDescriptionReader(RtcpPacketView packet)
{
    /// <summary>The item that names the source's CNAME (RFC 3550 §6.5.1).</summary>
    public const byte CanonicalName = 1;

    private ReadOnlySpan<byte> _rest = packet.Body;
    private int _chunksLeft = packet.Type == RtcpPacketType.SourceDescription ? packet.Count : 0;
    private bool _inChunk;
    private Ssrc _source;
    private int _length = packet.Body.Length;

    /// <summary>Reads the next item; text is UTF-8 and not terminated.</summary>
    public bool TryRead(out Ssrc source, out byte item, out ReadOnlySpan<byte> text)
    {
        source = default;
        item = 0;
        text = default;
        while (true)
        {
            if (!_inChunk)
            {
                if (_chunksLeft-- <= 0 || _rest.Length < 4)
                {
                    _chunksLeft = 0;
                    return false;
                }

                _source = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_rest));
                _rest = _rest[4..];
                _inChunk = true;
            }

            if (_rest.IsEmpty)
            {
                return false;
            }

            if (_rest[0] == 0)
            {
                // §6.5: a null octet ends the items, and the chunk is padded with more of them to the next word.
                var at = _length - _rest.Length;
                _rest = _rest[Math.Min(_rest.Length, 4 - at % 4)..];
                _inChunk = false;
                continue;
            }

            if (_rest.Length < 2 || _rest.Length < 2 + _rest[1])
            {
                _rest = default;
                return false;
            }

            source = _source;
            item = _rest[0];
            text = _rest.Slice(2, _rest[1]);
            _rest = _rest[(2 + _rest[1])..];
            return true;
        }
    }
}
