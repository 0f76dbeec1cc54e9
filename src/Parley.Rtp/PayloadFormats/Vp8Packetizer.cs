namespace Parley.Rtp;

/// <summary>
/// VP8 in RTP (RFC 7741 §4): each payload begins with a descriptor that tells where a frame starts and carries a 15-bit picture
/// id. Fragments are of equal size, so that no packet is a crumb.
/// </summary>
internal sealed class Vp8Packetizer(ushort pictureId) : Packetizer
{
    private const int DescriptorLength = 4;

    private ushort _pictureId = pictureId;
    private int _sent;
    private int _packetsLeft;

    public override bool AtEnd => _packetsLeft == 0;

    public override bool TryBegin(ReadOnlySpan<byte> frame, bool isKeyFrame, int maxPayload)
    {
        var room = maxPayload - DescriptorLength;
        if (room <= 0 || frame.IsEmpty)
        {
            return false;
        }

        _pictureId = (ushort)((_pictureId + 1) & 0x7FFF);
        _sent = 0;
        _packetsLeft = (frame.Length + room - 1) / room;
        return true;
    }

    public override int Next(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        if (_packetsLeft == 0)
        {
            return 0;
        }

        var left = frame.Length - _sent;
        var count = (left + _packetsLeft - 1) / _packetsLeft;

        // X set; S set on the frame's first packet; PID 0. Then I set; then M set and the picture id.
        payload[0] = (byte)(0x80 | (_sent == 0 ? 0x10 : 0));
        payload[1] = 0x80;
        payload[2] = (byte)(0x80 | (_pictureId >> 8));
        payload[3] = (byte)_pictureId;
        frame.Slice(_sent, count).CopyTo(payload[DescriptorLength..]);
        _sent += count;
        _packetsLeft--;
        return DescriptorLength + count;
    }
}
