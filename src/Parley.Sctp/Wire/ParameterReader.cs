using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>Walks type-length-value parameters and error causes, which share one form (RFC 9260 §3.2.1, §3.3.10).</summary>
internal ref struct ParameterReader(ReadOnlySpan<byte> parameters)
{
    private ReadOnlySpan<byte> _rest = parameters;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The whole parameter, padding excluded.</summary>
    public ReadOnlySpan<byte> Parameter { get; private set; }

    public SctpParseError Error { get; private set; }

    public bool TryNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < 4)
        {
            Error = SctpParseError.TooShort;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < 4 || length > _rest.Length)
        {
            Error = SctpParseError.BadLength;
            return false;
        }

        Type = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        Parameter = _rest[..length];
        Value = Parameter[4..];
        _rest = _rest[Math.Min(_rest.Length, Padding.RoundUp(length))..];
        return true;
    }
}
