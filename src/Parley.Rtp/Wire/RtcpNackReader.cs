using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>
/// Reads the sequence numbers a generic NACK names (RFC 4585 §6.2.1): a packet id and a bit mask of the 16 that follow it.
/// </summary>
public ref struct RtcpNackReader(ReadOnlySpan<byte> feedbackInformation)
{
    private ReadOnlySpan<byte> _rest = feedbackInformation;
    private ushort _base;
    private int _mask;
    private int _bit = 17;

    /// <summary>Reads the next number.</summary>
    public bool TryRead(out SequenceNumber lost)
    {
        while (true)
        {
            while (_bit < 17)
            {
                var bit = _bit++;
                if ((_mask >> bit & 1) != 0)
                {
                    lost = new SequenceNumber((ushort)(_base + bit));
                    return true;
                }
            }

            if (_rest.Length < 4)
            {
                lost = default;
                return false;
            }

            _base = BinaryPrimitives.ReadUInt16BigEndian(_rest);
            _mask = (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) << 1) | 1;
            _bit = 0;
            _rest = _rest[4..];
        }
    }
}
