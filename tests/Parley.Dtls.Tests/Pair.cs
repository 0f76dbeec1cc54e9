using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Dtls.Tests;

/// <summary>
/// A client and a server on virtual time. Each datagram passes <see cref="Route"/>, which may lose, repeat or change it; then it
/// takes <see cref="Delay"/> to arrive.
/// </summary>
internal sealed class Pair : IDisposable
{
    private readonly PriorityQueue<(bool ToServer, byte[] Datagram), (long At, int Order)> _wire = new();
    private readonly byte[] _buffer = new byte[2048];
    private int _order;

    public Pair(Func<DtlsOptions, DtlsOptions>? client = null, Func<DtlsOptions, DtlsOptions>? server = null, ulong seed = 1)
    {
        var clientOptions = new DtlsOptions { Role = DtlsRole.Client, Certificate = Certificates.Alice };
        clientOptions = client?.Invoke(clientOptions) ?? clientOptions;
        var serverOptions = new DtlsOptions { Role = DtlsRole.Server, Certificate = Certificates.Bob };
        serverOptions = server?.Invoke(serverOptions) ?? serverOptions;
        if (clientOptions.RemoteFingerprints.Count == 0)
        {
            clientOptions = clientOptions with { RemoteFingerprints = serverOptions.Certificate.Fingerprints };
        }

        if (serverOptions.RemoteFingerprints.Count == 0)
        {
            serverOptions = serverOptions with { RemoteFingerprints = clientOptions.Certificate.Fingerprints };
        }

        // An explicit "unknown": the fingerprints come later.
        clientOptions = clientOptions with { RemoteFingerprints = Known(clientOptions.RemoteFingerprints) };
        serverOptions = serverOptions with { RemoteFingerprints = Known(serverOptions.RemoteFingerprints) };
        Client = new DtlsEndpoint(clientOptions, RandomSource.Seeded(seed), NullLogger.Instance);
        Server = new DtlsEndpoint(serverOptions, RandomSource.Seeded(seed + 1), NullLogger.Instance);
    }

    /// <summary>Stands for fingerprints that are not known yet.</summary>
    public static IReadOnlyList<CertificateFingerprint> Unknown { get; } = [new CertificateFingerprint("unknown", default)];

    public DtlsEndpoint Client { get; }

    public DtlsEndpoint Server { get; }

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>What becomes of a datagram: its copies with the delay of each. Given the direction and its number, from 0.</summary>
    public Func<bool, int, byte[], IEnumerable<(byte[] Datagram, TimeSpan Delay)>>? Route { get; set; }

    public List<byte[]> ClientReceived { get; } = [];

    public List<byte[]> ServerReceived { get; } = [];

    public List<DtlsEvent> ClientEvents { get; } = [];

    public List<DtlsEvent> ServerEvents { get; } = [];

    public int ToServer { get; private set; }

    public int ToClient { get; private set; }

    public int LargestDatagram { get; private set; }

    public static Func<bool, int, byte[], IEnumerable<(byte[] Datagram, TimeSpan Delay)>> Losing(
        params (bool ToServer, int Number)[] lost) =>
        (toServer, number, datagram) => lost.Contains((toServer, number)) ? [] : [(datagram, TimeSpan.FromMilliseconds(10))];

    public Pair Connect()
    {
        Client.Start(Now);
        Run();
        Assert.Equal(DtlsState.Connected, Client.State);
        Assert.Equal(DtlsState.Connected, Server.State);
        return this;
    }

    /// <summary>Lets time pass until nothing is under way and nothing is due within the bound.</summary>
    public void Run(double seconds = 60)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            Flush(Client, toServer: true);
            Flush(Server, toServer: false);
            var next = Instant.Earliest(Client.Deadline, Server.Deadline);
            if (_wire.TryPeek(out _, out var arrival))
            {
                next = Instant.Earliest(next, Instant.FromNanoseconds(arrival.At));
            }

            if (next is not { } moment || moment > end)
            {
                return;
            }

            Now = moment > Now ? moment : Now;
            while (_wire.TryPeek(out var item, out var at) && at.At <= Now.Nanoseconds)
            {
                _wire.Dequeue();
                Deliver(item.ToServer, item.Datagram);
            }

            Client.Advance(Now);
            Server.Advance(Now);
        }
    }

    public void Deliver(bool toServer, byte[] datagram)
    {
        var endpoint = toServer ? Server : Client;
        endpoint.Receive(datagram, Now);
        while (endpoint.TryReadApplicationData(datagram, out var plaintext))
        {
            (toServer ? ServerReceived : ClientReceived).Add(plaintext.ToArray());
        }
    }

    /// <summary>Sends application data from one end.</summary>
    public void Send(DtlsEndpoint from, ReadOnlySpan<byte> plaintext)
    {
        var length = from.Protect(plaintext, _buffer);
        Assert.Equal(plaintext.Length + from.RecordOverhead, length);
        Post(from == Client, _buffer.AsSpan(0, length).ToArray());
    }

    public void Post(bool toServer, byte[] datagram)
    {
        LargestDatagram = Math.Max(LargestDatagram, datagram.Length);
        var number = toServer ? ToServer++ : ToClient++;
        foreach (var (copy, delay) in Route?.Invoke(toServer, number, datagram) ?? [(datagram, Delay)])
        {
            _wire.Enqueue((toServer, copy.ToArray()), ((Now + delay).Nanoseconds, _order++));
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private static IReadOnlyList<CertificateFingerprint> Known(IReadOnlyList<CertificateFingerprint> fingerprints) =>
        ReferenceEquals(fingerprints, Unknown) ? [] : fingerprints;

    private void Flush(DtlsEndpoint endpoint, bool toServer)
    {
        int length;
        while ((length = endpoint.Transmit(_buffer, Now)) > 0)
        {
            Post(toServer, _buffer.AsSpan(0, length).ToArray());
        }

        while (endpoint.TryRead(out var happened))
        {
            (toServer ? ClientEvents : ServerEvents).Add(happened);
        }
    }
}
