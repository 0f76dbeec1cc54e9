namespace Parley.Dtls.Wire;

internal enum HandshakeParseError
{
    None,
    Truncated,
    TrailingBytes,
    FragmentBeyondEnd,
    BadVector,
    DuplicateExtension,
    UnknownCurveType,
}
