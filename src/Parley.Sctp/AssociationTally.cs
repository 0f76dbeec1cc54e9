namespace Parley.Sctp;

/// <summary>What an association's parts count, since it was made: the parts are built anew by a restart, the counts go on.</summary>
internal sealed class AssociationTally
{
    public long PacketsSent;
    public long BytesSent;
    public long PacketsReceived;
    public long BytesReceived;
    public long PacketsDropped;
    public long ChunksIgnored;
    public long MessagesSent;
    public long MessagesReceived;
    public long MessagesAbandoned;
    public long Retransmissions;
    public long RetransmissionTimeouts;
    public long DuplicateTsns;
    public long DataChunksRefused;
    public long TsnsReneged;
    public long StreamResetsAbandoned;
}
