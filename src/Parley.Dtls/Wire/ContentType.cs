namespace Parley.Dtls.Wire;

// RFC 5246 §6.2.1.
internal enum ContentType : byte
{
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
}
