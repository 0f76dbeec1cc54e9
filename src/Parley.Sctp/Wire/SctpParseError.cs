namespace Parley.Sctp.Wire;

/// <summary>Why bytes are not what they should be.</summary>
internal enum SctpParseError
{
    None,
    TooShort,
    BadLength,
    BadValue,
}
