namespace Parley.Sctp;

/// <summary>Counts of one stream.</summary>
/// <param name="MessagesSent">Messages sent whole.</param>
/// <param name="BytesSent">Their bytes.</param>
/// <param name="MessagesReceived">Messages that came whole and in their order.</param>
/// <param name="BytesReceived">Their bytes.</param>
public readonly record struct SctpStreamStatistics(long MessagesSent, long BytesSent, long MessagesReceived, long BytesReceived);
