using Parley.Dtls;

namespace Parley.Fuzz.Targets;

/// <summary>Datagrams to a client and a server that have just begun, each with its length in front.</summary>
internal sealed class DtlsRecordsTarget : FuzzTarget
{
    // A second endpoint, its keys and its flights.
    public override long MostAllocated => 16L * 1024 * 1024;

    public override string Name => "dtls-records";

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (var datagram in DtlsPair.Record())
        {
            yield return [0, (byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram];
            yield return [1, (byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        using var pair = new DtlsPair();
        var endpoint = (reader.Byte() & 1) == 0 ? pair.Server : pair.Client;
        endpoint.Start(pair.Now);
        var buffer = new byte[2048];
        while (!reader.IsAtEnd)
        {
            pair.Deliver(endpoint, reader.Long().ToArray());
            while (endpoint.Transmit(buffer, pair.Now) > 0)
            {
            }
        }

        if (endpoint.State == DtlsState.Connected)
        {
            throw new InvalidDataException("Connected without a peer.");
        }
    }
}
