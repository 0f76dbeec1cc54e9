using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>
/// Reads transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): for each packet
/// of the transport in turn, whether and when it arrived.
/// </summary>
public ref struct RtcpTransportWideReader
{
    /// <summary>Microseconds in a unit of the receive deltas.</summary>
    private const int DeltaUnit = 250;

    private ReadOnlySpan<byte> _chunks;
    private ReadOnlySpan<byte> _deltas;
    private int _left;
    private ushort _sequence;
    private int _run;
    private int _runSymbol;
    private int _vector;
    private int _vectorBits;
    private int _vectorWidth;

    private RtcpTransportWideReader(ReadOnlySpan<byte> information, int chunkLength)
    {
        _sequence = BinaryPrimitives.ReadUInt16BigEndian(information);
        _left = BinaryPrimitives.ReadUInt16BigEndian(information[2..]);
        var reference = BinaryPrimitives.ReadInt32BigEndian(information[4..]) >> 8;
        Time = reference * 64_000L;
        FeedbackCount = information[7];
        _chunks = information.Slice(8, chunkLength);
        _deltas = information[(8 + chunkLength)..];
    }

    /// <summary>The running number of feedback packets, which wraps at 256.</summary>
    public byte FeedbackCount { get; }

    /// <summary>The arrival read last, in microseconds of the receiver's clock; before the first, the reference time.</summary>
    public long Time { get; private set; }

    /// <summary>Begins to read; false when the packet is no such feedback, or is shorter than its chunks announce.</summary>
    public static bool TryParse(RtcpPacketView packet, out RtcpTransportWideReader reader)
    {
        reader = default;
        var information = packet.FeedbackInformation;
        if (packet.Type != RtcpPacketType.TransportFeedback || packet.Count != RtcpFormat.TransportWide || information.Length < 10)
        {
            return false;
        }

        // Where the chunks end is known only by counting what they cover.
        int covered = 0, at = 8;
        int count = BinaryPrimitives.ReadUInt16BigEndian(information[2..]);
        while (covered < count)
        {
            if (information.Length < at + 2)
            {
                return false;
            }

            var chunk = BinaryPrimitives.ReadUInt16BigEndian(information[at..]);
            covered += (chunk & 0x8000) == 0 ? chunk & 0x1FFF : (chunk & 0x4000) == 0 ? 14 : 7;
            at += 2;
        }

        reader = new RtcpTransportWideReader(information, at - 8);
        return true;
    }

    /// <summary>
    /// Reads the next packet's fate: its arrival in microseconds, or null when it has not come. False at the end, or where a delta is cut
    /// off.
    /// </summary>
    public bool TryRead(out ushort sequence, out long? arrival)
    {
        sequence = _sequence;
        arrival = null;
        if (_left == 0 || !TryReadSymbol(out var symbol))
        {
            return false;
        }

        // 1: a small delta, one byte without sign; 2: a large or negative one, two bytes; 3 is reserved.
        var length = symbol is 1 or 2 ? symbol : 0;
        if (_deltas.Length < length)
        {
            _left = 0;
            return false;
        }

        if (length > 0)
        {
            Time += DeltaUnit * (length == 1 ? _deltas[0] : BinaryPrimitives.ReadInt16BigEndian(_deltas));
            _deltas = _deltas[length..];
            arrival = Time;
        }

        _sequence++;
        _left--;
        return true;
    }

    private bool TryReadSymbol(out int symbol)
    {
        while (_run == 0 && _vectorBits == 0)
        {
            if (_chunks.Length < 2)
            {
                symbol = 0;
                return false;
            }

            var chunk = BinaryPrimitives.ReadUInt16BigEndian(_chunks);
            _chunks = _chunks[2..];
            if ((chunk & 0x8000) == 0)
            {
                _run = chunk & 0x1FFF;
                _runSymbol = chunk >> 13;
            }
            else
            {
                _vector = chunk & 0x3FFF;
                _vectorBits = 14;
                _vectorWidth = (chunk & 0x4000) == 0 ? 1 : 2;
            }
        }

        if (_run > 0)
        {
            _run--;
            symbol = _runSymbol;
            return true;
        }

        _vectorBits -= _vectorWidth;
        symbol = _vector >> _vectorBits & (_vectorWidth == 1 ? 1 : 3);
        return true;
    }
}
