using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>
/// ServerKeyExchange for ECDHE (RFC 8422 §5.4): curve_type (8 bits, 3 = named_curve), namedcurve (16 bits), public&lt;1..2^8-1&gt;,
/// then the signature: algorithm (16 bits), signature&lt;0..2^16-1&gt;.
/// </summary>
internal readonly ref struct ServerKeyExchange
{
    public const byte NamedCurve = 3;

    /// <summary>The signed part of the message: everything before the signature.</summary>
    public ReadOnlySpan<byte> Parameters { get; private init; }

    public NamedGroup Group { get; private init; }

    public ReadOnlySpan<byte> Public { get; private init; }

    public DigitalSignature Signature { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> body, out ServerKeyExchange value, out HandshakeParseError error)
    {
        value = default;
        error = HandshakeParseError.Truncated;
        var reader = new BigEndianReader(body);
        if (!reader.TryReadByte(out var curveType))
        {
            return false;
        }

        if (curveType != NamedCurve)
        {
            error = HandshakeParseError.UnknownCurveType;
            return false;
        }

        if (!reader.TryReadUInt16(out var group) || !reader.TryReadVector8(out var point))
        {
            return false;
        }

        var parameters = body[..^reader.Remaining];
        if (!DigitalSignature.TryParse(reader.Rest, out var signature, out error))
        {
            return false;
        }

        value = new ServerKeyExchange { Parameters = parameters, Group = (NamedGroup)group, Public = point, Signature = signature };
        return true;
    }
}
