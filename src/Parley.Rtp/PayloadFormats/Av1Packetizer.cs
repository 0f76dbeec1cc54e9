namespace Parley.Rtp;

/// <summary>
/// AV1 in RTP (AV1 RTP specification §4): the OBUs of a temporal unit without their sizes and without the temporal delimiter, up to three
/// elements in a packet, so that W tells their number. What does not fit is fragmented; packets are of about equal size.
/// </summary>
internal sealed class Av1Packetizer : Packetizer
{
    // Besides the header: the sizes of all elements but the last.
    private const int SizesRoom = 6;

    // With less room than this the next OBU begins in the next packet, unless all of the rest fits.
    private const int MinFragment = 16;

    private Av1Obu _obu;
    private int _at;
    private int _sentOfObu;
    private int _left;
    private int _max;
    private bool _startsSequence;

    public override bool AtEnd => _left == 0;

    public override bool TryBegin(ReadOnlySpan<byte> frame, bool isKeyFrame, int maxPayload)
    {
        _left = 0;
        var first = -1;
        for (var at = 0; at < frame.Length;)
        {
            if (!Av1Obu.TryParse(frame[at..], out var obu))
            {
                return false;
            }

            if (obu.IsCarried)
            {
                first = first < 0 ? at : first;
                _left += obu.HeaderLength + obu.ContentLength;
            }

            at += obu.Length;
        }

        if (first < 0 || maxPayload < MinFragment)
        {
            _left = 0;
            return false;
        }

        (_at, _sentOfObu, _max, _startsSequence) = (first, 0, maxPayload, isKeyFrame);
        return Av1Obu.TryParse(frame[first..], out _obu);
    }

    public override int Next(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        if (_left == 0)
        {
            return 0;
        }

        var room = _max - Av1AggregationHeader.Length;
        var packets = (_left + room - 1) / room;
        var limit = Math.Min(_max, (_left + packets - 1) / packets + Av1AggregationHeader.Length + SizesRoom);
        var continues = _sentOfObu > 0;
        var (count, at) = (0, Av1AggregationHeader.Length);
        for (var isLast = false; !isLast; count++)
        {
            var element = ObuLeft;
            var sizeLength = Leb128.LengthOf((uint)element);
            isLast = count == Av1AggregationHeader.MaxCount - 1
                || element == _left
                || limit - at - sizeLength - element < Math.Min(MinFragment, _left - element);
            if (isLast)
            {
                element = Math.Min(element, limit - at);
            }
            else
            {
                at += Leb128.Write(payload[at..], (uint)element);
            }

            Take(frame, payload.Slice(at, element));
            at += element;
        }

        payload[0] = new Av1AggregationHeader(continues, _sentOfObu > 0, count, _startsSequence).ToByte();
        _startsSequence = false;
        return at;
    }

    private int ObuLeft => _obu.HeaderLength + _obu.ContentLength - _sentOfObu;

    /// <summary>Takes the next bytes of the OBU as it goes over the wire, and goes on to the next OBU at its end.</summary>
    private void Take(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        _left -= target.Length;
        for (; _sentOfObu < _obu.HeaderLength && !target.IsEmpty; _sentOfObu++, target = target[1..])
        {
            target[0] = (byte)(frame[_at + _sentOfObu] & (_sentOfObu == 0 ? ~Av1Obu.HasSizeBit : 0xFF));
        }

        frame.Slice(_at + _obu.ContentStart + _sentOfObu - _obu.HeaderLength, target.Length).CopyTo(target);
        _sentOfObu += target.Length;
        if (ObuLeft > 0)
        {
            return;
        }

        _sentOfObu = 0;
        do
        {
            _at += _obu.Length;
        }
        while (Av1Obu.TryParse(frame[_at..], out _obu) && !_obu.IsCarried);
    }
}
