namespace Parley.Dtls.Wire;

internal enum RecordParseError
{
    None,
    Truncated,
    UnknownContentType,
    UnknownVersion,
}
