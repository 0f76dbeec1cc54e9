namespace Parley.Dtls.Wire;

// RFC 5246 §7.2.
internal enum AlertLevel : byte
{
    Warning = 1,
    Fatal = 2,
}
