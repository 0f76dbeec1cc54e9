using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>
/// The extensions of a hello (RFC 5246 §7.4.1.4): each known one's data, or nothing when it is absent. Unknown ones are passed over
/// and counted as <see cref="HasUnknown"/>.
/// </summary>
internal ref struct HelloExtensions
{
    private uint _seen;

    public ReadOnlySpan<byte> SupportedGroups { get; private set; }

    public ReadOnlySpan<byte> EcPointFormats { get; private set; }

    public ReadOnlySpan<byte> SignatureAlgorithms { get; private set; }

    public ReadOnlySpan<byte> UseSrtp { get; private set; }

    public ReadOnlySpan<byte> SupportedVersions { get; private set; }

    public ReadOnlySpan<byte> RenegotiationInfo { get; private set; }

    public bool HasUnknown { get; private set; }

    public readonly bool Has(ExtensionType type) => (_seen & Bit(type)) != 0;

    /// <summary>Parses what follows a hello's fixed part: nothing at all, or one vector of extensions.</summary>
    public static bool TryParse(ReadOnlySpan<byte> source, out HelloExtensions extensions, out HandshakeParseError error)
    {
        extensions = default;
        error = HandshakeParseError.None;
        if (source.IsEmpty)
        {
            return true;
        }

        var outer = new BigEndianReader(source);
        if (!outer.TryReadVector16(out var vector))
        {
            error = HandshakeParseError.Truncated;
            return false;
        }

        if (outer.Remaining != 0)
        {
            error = HandshakeParseError.TrailingBytes;
            return false;
        }

        var reader = new BigEndianReader(vector);
        while (reader.Remaining > 0)
        {
            if (!reader.TryReadUInt16(out var type) || !reader.TryReadVector16(out var data))
            {
                error = HandshakeParseError.Truncated;
                return false;
            }

            if (!extensions.TryAdd((ExtensionType)type, data, out error))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdd(ExtensionType type, ReadOnlySpan<byte> data, out HandshakeParseError error)
    {
        error = HandshakeParseError.None;
        var bit = Bit(type);
        if (bit == 0)
        {
            HasUnknown = true;
            return true;
        }

        // RFC 5246 §7.4.1.4: "There MUST NOT be more than one extension of the same type."
        if ((_seen & bit) != 0)
        {
            error = HandshakeParseError.DuplicateExtension;
            return false;
        }

        _seen |= bit;
        var reader = new BigEndianReader(data);
        var value = data;
        var whole = type switch
        {
            ExtensionType.SupportedGroups or ExtensionType.SignatureAlgorithms =>
                reader.TryReadVector16(out value) && value.Length % 2 == 0,
            ExtensionType.EcPointFormats or ExtensionType.RenegotiationInfo => reader.TryReadVector8(out value),

            // A client lists versions, a server names the one it chose (RFC 8446 §4.2.1).
            ExtensionType.SupportedVersions =>
                data.Length == 2 ? reader.TrySkip(2) : reader.TryReadVector8(out value) && value.Length % 2 == 0,
            ExtensionType.UseSrtp => reader.TrySkip(data.Length),
            _ => true,
        };
        if (!whole || reader.Remaining != 0)
        {
            error = HandshakeParseError.BadVector;
            return false;
        }

        Store(type, value);
        return true;
    }

    private void Store(ExtensionType type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case ExtensionType.SupportedGroups:
                SupportedGroups = value;
                break;
            case ExtensionType.EcPointFormats:
                EcPointFormats = value;
                break;
            case ExtensionType.SignatureAlgorithms:
                SignatureAlgorithms = value;
                break;
            case ExtensionType.UseSrtp:
                UseSrtp = value;
                break;
            case ExtensionType.SupportedVersions:
                SupportedVersions = value;
                break;
            case ExtensionType.RenegotiationInfo:
                RenegotiationInfo = value;
                break;
        }
    }

    private static uint Bit(ExtensionType type) => type switch
    {
        ExtensionType.SupportedGroups => 1,
        ExtensionType.EcPointFormats => 2,
        ExtensionType.SignatureAlgorithms => 4,
        ExtensionType.UseSrtp => 8,
        ExtensionType.ExtendedMasterSecret => 16,
        ExtensionType.SupportedVersions => 32,
        ExtensionType.RenegotiationInfo => 64,
        _ => 0,
    };
}
