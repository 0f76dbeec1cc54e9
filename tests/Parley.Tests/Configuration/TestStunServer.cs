using Parley.Net;
using Parley.Simulation;
using Parley.Stun;

namespace Parley.Tests.Configuration;

/// <summary>A STUN server in the simulation, that answers each request with an address, or refuses it.</summary>
internal sealed class TestStunServer : IWakeable, IThreadPoolWorkItem
{
    private readonly IDatagramSocket _socket;
    private readonly DatagramBatch _batch = new();
    private readonly Platform _platform;

    public TestStunServer(VirtualHost host, string address)
    {
        _platform = host.Platform;
        _socket = _platform.Network.Bind(new TransportAddress(System.Net.IPAddress.Parse(address), 3478));
        _socket.NotifyWhenReadable(this);
    }

    public int Requests { get; private set; }

    /// <summary>The address that each client is said to have; null: its own.</summary>
    public string? ToldAddress { get; init; } = "203.0.113.7";

    /// <summary>The error to answer with; null for success.</summary>
    public int? ErrorCode { get; init; }

    public void Wake() => _platform.Scheduler.Schedule(this);

    public void Execute()
    {
        _batch.Clear();
        var count = _socket.Receive(_batch);
        for (var i = 0; i < count; i++)
        {
            Answer(_batch.Datagram(i), _batch.Remote(i));
        }

        _socket.NotifyWhenReadable(this);
    }

    private void Answer(ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        if (!StunMessage.TryParse(datagram, out var request, out _))
        {
            return;
        }

        Requests++;
        var buffer = new byte[200];
        var writer = new StunWriter(
            buffer, ErrorCode is null ? StunClass.SuccessResponse : StunClass.ErrorResponse, StunMethod.Binding, request.TransactionId);
        if (ErrorCode is { } code)
        {
            writer.AddErrorCode(code, "Go away"u8);
        }
        else
        {
            writer.AddXorAddress(
                StunAttributeType.XorMappedAddress,
                ToldAddress is null ? from : new TransportAddress(System.Net.IPAddress.Parse(ToldAddress), from.Port));
        }

        var answer = new DatagramBatch();
        answer.TryAdd(buffer.AsSpan(0, writer.Length), from);
        _socket.Send(answer);
    }
}
