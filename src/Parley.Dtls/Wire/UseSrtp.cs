using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>The use_srtp extension (RFC 5764 §4.1.1): SRTPProtectionProfiles&lt;2..2^16-1&gt;, srtp_mki&lt;0..255&gt;.</summary>
internal readonly ref struct UseSrtp
{
    public ReadOnlySpan<byte> Profiles { get; private init; }

    public ReadOnlySpan<byte> Mki { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> data, out UseSrtp value, out HandshakeParseError error)
    {
        value = default;
        error = HandshakeParseError.Truncated;
        var reader = new BigEndianReader(data);
        if (!reader.TryReadVector16(out var profiles) || !reader.TryReadVector8(out var mki))
        {
            return false;
        }

        if (reader.Remaining != 0 || profiles.IsEmpty || profiles.Length % 2 != 0)
        {
            error = HandshakeParseError.BadVector;
            return false;
        }

        error = HandshakeParseError.None;
        value = new UseSrtp { Profiles = profiles, Mki = mki };
        return true;
    }
}
