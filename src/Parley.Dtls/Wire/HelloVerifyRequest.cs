using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>HelloVerifyRequest (RFC 6347 §4.2.1): server_version (16 bits), cookie&lt;0..255&gt;.</summary>
internal readonly ref struct HelloVerifyRequest
{
    public ReadOnlySpan<byte> Cookie { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> body, out HelloVerifyRequest request, out HandshakeParseError error)
    {
        request = default;
        var reader = new BigEndianReader(body);

        // RFC 6347 §4.2.1: the version is no part of the negotiation; servers write 1.0 there.
        if (!reader.TryReadUInt16(out _) || !reader.TryReadVector8(out var cookie))
        {
            error = HandshakeParseError.Truncated;
            return false;
        }

        if (reader.Remaining != 0)
        {
            error = HandshakeParseError.TrailingBytes;
            return false;
        }

        error = HandshakeParseError.None;
        request = new HelloVerifyRequest { Cookie = cookie };
        return true;
    }
}
