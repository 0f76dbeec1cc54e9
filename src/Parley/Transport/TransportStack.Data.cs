using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp;

namespace Parley;

// SCTP and the data channels over it.
internal sealed partial class TransportStack
{
    /// <summary>What the user has not taken yet, above which the association's receive window closes.</summary>
    private const long MaxUndeliveredBytes = 4 * 1024 * 1024;

    private SctpAssociation? _association;
    private DataChannelSession? _data;
    private bool _associationClosed;
    private readonly Dictionary<ushort, DataChannel> _channels = [];

    public void StartSctp(int remotePort, long? remoteMaxMessageSize)
    {
        if (_association is not null)
        {
            return;
        }

        _association = new SctpAssociation(
            new SctpOptions
            {
                RemotePort = (ushort)remotePort,
                MaxMessageSize = SctpTransport.LocalMaxMessageSize,
                RemoteMaxMessageSize = remoteMaxMessageSize ?? 65_536,
            },
            _platform.Random,
            _connection.LoggerFactory.CreateLogger<SctpAssociation>());
        _data = new DataChannelSession(_association, _connection.LoggerFactory.CreateLogger<DataChannelSession>());
        ConnectSctp(Now);
    }

    public void OpenChannel(DataChannel channel)
    {
    }

    public void CloseChannel(DataChannel channel)
    {
    }

    public void Send(DataChannel channel, ReadOnlySpan<byte> data, bool isBinary, Instant now)
    {
    }

    public void ResumeReceiving(Instant now)
    {
    }

    private void ConnectSctp(Instant now)
    {
    }

    private void FailSctp()
    {
    }

    private void ReceiveSctp(ReadOnlySpan<byte> packet, Instant now)
    {
    }

    private void FillWithSctp(DatagramBatch batch, TransportAddress remote, Instant now)
    {
    }

    private void PumpSctp(Instant now)
    {
    }

    private void CollectDataStats(StatsCollection collection)
    {
    }
}
