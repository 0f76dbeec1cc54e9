using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Sctp.Tests.Links;

/// <summary>Two associations, of which one sends messages of 64 KiB without end, each of which begins with its number.</summary>
internal sealed class SctpFlow : BottleneckFlow
{
    // IPv4, UDP and the DTLS record around a packet.
    private const int Around = 20 + 8 + 37;
    private const int MessageSize = 64 * 1024;
    private readonly byte[] _message = new byte[MessageSize];
    private long _sent;

    public SctpFlow(ulong seed, SctpOptions options)
    {
        Sender = new SctpAssociation(options, RandomSource.Seeded(seed * 2 + 1), NullLogger.Instance);
        Receiver = new SctpAssociation(options, RandomSource.Seeded(seed * 2 + 2), NullLogger.Instance);
    }

    public SctpAssociation Sender { get; }

    public SctpAssociation Receiver { get; }

    /// <summary>Messages that came out of their order.</summary>
    public long Disordered { get; private set; }

    /// <summary>Messages that have come.</summary>
    public long Messages { get; private set; }

    /// <summary>Whether there is more to send.</summary>
    public bool IsEndless { get; set; } = true;

    /// <summary>Whether all that was sent has come.</summary>
    public bool IsDone => Messages == _sent;

    public override Instant? Deadline => Instant.Earliest(Sender.Deadline, Receiver.Deadline);

    public override void Begin(Bottleneck link)
    {
        Sender.Connect(link.Now);
        Receiver.Connect(link.Now);
        Pump(link);
    }

    public override void Arrive(in Parcel parcel, Bottleneck link)
    {
        (parcel.IsData ? Receiver : Sender).Receive(parcel.Bytes.AsSpan(0, parcel.Length), link.Now);
        Pump(link);
    }

    public override void Advance(Bottleneck link)
    {
        Sender.Advance(link.Now);
        Receiver.Advance(link.Now);
        Pump(link);
    }

    private void Pump(Bottleneck link)
    {
        while (Receiver.TryRead(out var happened))
        {
            if (happened.Kind == SctpEventKind.MessageReceived)
            {
                Disordered += BinaryPrimitives.ReadInt64LittleEndian(happened.Payload.Span) == Messages ? 0 : 1;
                Messages++;
                Received += happened.Payload.Length;
            }
        }

        while (Sender.TryRead(out _))
        {
        }

        while (IsEndless && Sender.State == SctpState.Established && Sender.TotalBufferedAmount < 8 * MessageSize)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_message, _sent++);
            Sender.Send(new StreamId(1), PayloadProtocolId.Binary, _message, default, link.Now);
        }

        Transmit(link, Sender, isData: true);
        Transmit(link, Receiver, isData: false);
    }

    private void Transmit(Bottleneck link, SctpAssociation from, bool isData)
    {
        while (true)
        {
            var bytes = link.Rent();
            var length = from.Transmit(bytes, link.Now);
            if (length == 0)
            {
                link.Return(bytes);
                return;
            }

            link.Send(new Parcel(this, isData, bytes, length, 0, 0, 0), length + Around);
        }
    }
}
