using Parley.Net;

namespace Parley.Rtp;

/// <summary>The picture number of VP8 and VP9: seven bits, or fifteen when the first is set (RFC 7741 §4.2, RFC 9628 §4.2).</summary>
internal static class VpxPictureId
{
    public static bool TryRead(scoped ref BigEndianReader reader, out int pictureId)
    {
        pictureId = -1;
        if (!reader.TryReadByte(out var high))
        {
            return false;
        }

        byte low = 0;
        var isLong = (high & 0x80) != 0;
        if (isLong && !reader.TryReadByte(out low))
        {
            return false;
        }

        pictureId = isLong ? (high & 0x7F) << 8 | low : high;
        return true;
    }
}
