namespace Parley.Sctp;

/// <summary>Counts of a <see cref="DataChannelSession"/> since it was made: what a peer has sent in vain.</summary>
/// <param name="MessagesDropped">Messages for no channel beyond what is kept for one to come, of an unknown protocol, or whose parts were
/// too large together.</param>
/// <param name="AnnouncementsRefused">Announcements of channels that were malformed, named a channel in use, or had names beyond the
/// bound.</param>
public readonly record struct DataChannelStatistics(long MessagesDropped, long AnnouncementsRefused);
