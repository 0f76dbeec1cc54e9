namespace Parley.Sctp.Wire;

/// <summary>RFC 6525 §4.</summary>
internal enum ReconfigParameterType : ushort
{
    OutgoingReset = 13,
    IncomingReset = 14,
    TsnReset = 15,
    Response = 16,
    AddOutgoingStreams = 17,
    AddIncomingStreams = 18,
}
