namespace Parley.Rtp;

/// <summary>
/// H.264 in RTP, packetization mode 1 (RFC 6184 §5.4, §6.3): the NAL units of a frame, Annex B or length-prefixed, go alone (§5.6), small
/// ones together in a STAP-A (§5.7.1), large ones in FU-A fragments (§5.8).
/// </summary>
internal sealed class H264Packetizer : Packetizer
{
    private const byte StapA = 24;
    private const byte FuA = 28;

    private readonly H264LengthPrefixed _prefixed = new();
    private ReadOnlyMemory<byte> _converted;
    private bool _isConverted;
    private int _at;
    private int _unitEnd;
    private int _max;
    private byte _header;
    private bool _fragmenting;
    private bool _done;

    public override bool AtEnd => _done;

    public override bool TryBegin(ReadOnlySpan<byte> frame, bool isKeyFrame, int maxPayload)
    {
        _max = maxPayload;
        _fragmenting = false;
        _done = false;
        _isConverted = _prefixed.TryConvert(frame, out _converted);
        frame = _isConverted ? _converted.Span : frame;
        _at = FindCarried(frame, 0, out _unitEnd);
        return maxPayload > 2 && _at >= 0;
    }

    public override int Next(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        if (_done)
        {
            return 0;
        }

        frame = _isConverted ? _converted.Span : frame;
        if (_fragmenting || _unitEnd - _at > _max)
        {
            return Fragment(frame, payload);
        }

        var aggregated = Aggregate(frame, payload);
        if (aggregated != 0)
        {
            return aggregated;
        }

        var length = _unitEnd - _at;
        frame[_at.._unitEnd].CopyTo(payload);
        NextUnit(frame);
        return length;
    }

    private int Fragment(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        // §5.8: FU indicator with the unit's F and NRI, FU header with start, end and the unit's type; the unit's own header is not
        // repeated.
        if (!_fragmenting)
        {
            _header = frame[_at++];
        }

        var left = _unitEnd - _at;
        var room = _max - 2;
        var packets = (left + room - 1) / room;
        var count = (left + packets - 1) / packets;
        payload[0] = (byte)((_header & 0xE0) | FuA);
        payload[1] = (byte)((_fragmenting ? 0 : 0x80) | (count == left ? 0x40 : 0) | (_header & 0x1F));
        frame.Slice(_at, count).CopyTo(payload[2..]);
        _at += count;
        _fragmenting = count != left;
        if (!_fragmenting)
        {
            NextUnit(frame);
        }

        return 2 + count;
    }

    private int Aggregate(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        // How many units fit one STAP-A: one byte of header, and two of length before each.
        var total = 1;
        var units = 0;
        byte importance = 0;
        for (int start = _at, end = _unitEnd; start >= 0 && total + 2 + end - start <= _max; start = FindCarried(frame, end, out end))
        {
            total += 2 + end - start;
            importance = Math.Max(importance, (byte)(frame[start] & 0x60));
            units++;
        }

        if (units < 2)
        {
            return 0;
        }

        payload[0] = (byte)(importance | StapA);
        var at = 1;
        for (; units > 0; units--)
        {
            var length = _unitEnd - _at;
            payload[at] = (byte)(length >> 8);
            payload[at + 1] = (byte)length;
            frame[_at.._unitEnd].CopyTo(payload[(at + 2)..]);
            at += 2 + length;
            NextUnit(frame);
        }

        return at;
    }

    private void NextUnit(ReadOnlySpan<byte> frame)
    {
        _at = FindCarried(frame, _unitEnd, out _unitEnd);
        _done = _at < 0;
    }

    /// <summary>The next unit that H.264 itself gives a meaning: the types of others are those of RTP's packets.</summary>
    private static int FindCarried(ReadOnlySpan<byte> frame, int from, out int end)
    {
        var start = AnnexB.FindUnit(frame, from, out end);
        while (start >= 0 && !H264Unit.IsValid(frame[start]))
        {
            start = AnnexB.FindUnit(frame, end, out end);
        }

        return start;
    }
}
