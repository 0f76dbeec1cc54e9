using System.Buffers;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What the association tells, in terms of channels.
public sealed partial class DataChannelSession
{
    private const int MaxEarlyBytes = 1024 * 1024;
    private const int EarlyOverhead = 64;
    private const int EarlyStreamOverhead = 192;

    // Of names as they are kept, two bytes a character.
    private const int MaxAnnouncedNames = 32 * 1024 * 1024;
    private const int PartsSlack = 1024 * 1024;
    private readonly Dictionary<ushort, List<EarlyMessage>> _early = [];
    private int _earlyBytes;
    private int _announcedNames;
    private long _partBytes;
    private long _messagesDropped;
    private long _announcementsRefused;

    private bool TryTranslate(in SctpEvent below, out DataChannelEvent happened)
    {
        happened = default;
        switch (below.Kind)
        {
            case SctpEventKind.MessageReceived:
                return TryTakeMessage(below.Stream, below.PayloadProtocolId, below.Payload, out happened);
            case SctpEventKind.BufferedAmountDecreased:
                return TryCountDecrease(below.Stream, below.Bytes, out happened);
            case SctpEventKind.Connected:
                _isConnected = true;
                OpenWaiting();
                happened = new DataChannelEvent { Kind = DataChannelEventKind.AssociationConnected };
                return true;
            case SctpEventKind.MessageDropped:
                if (_byStream.TryGetValue(below.Stream.Value, out var record))
                {
                    happened =
                        new DataChannelEvent { Kind = DataChannelEventKind.MessageTooLarge, Channel = record.Handle, Id = record.Id };
                    Close(record.Handle);
                    return true;
                }

                return false;
            case SctpEventKind.IncomingStreamReset:
                OnIncomingReset(below.Stream);
                return false;
            case SctpEventKind.OutgoingStreamReset:
                OnOutgoingReset(below.Stream, isRefused: false);
                return false;
            case SctpEventKind.OutgoingStreamResetFailed:
                OnOutgoingReset(below.Stream, isRefused: true);
                return false;
            case SctpEventKind.Restarted:
                FinishAll();
                return false;
            default:
                _hasEnded = true;
                _isConnected = false;
                FinishAll();
                happened = new DataChannelEvent
                {
                    Kind = below.Kind == SctpEventKind.Closed
                        ? DataChannelEventKind.AssociationClosed
                        : DataChannelEventKind.AssociationFailed,
                    Failure = below.Failure,
                    Reason = below.Reason,
                    CauseCode = below.CauseCode,
                };
                return true;
        }
    }

    private bool TryTakeMessage(StreamId stream, PayloadProtocolId ppid, ReadOnlyMemory<byte> payload, out DataChannelEvent happened)
    {
        happened = default;
        _byStream.TryGetValue(stream.Value, out var record);
        var isForTheNext = record is { IsIncomingReset: true };
        if (ppid == PayloadProtocolId.DataChannelControl && !isForTheNext)
        {
            return TryTakeControl(stream, payload.Span, out happened);
        }

        if (record is null || isForTheNext || record.Stage == DataChannelStage.Waiting)
        {
            KeepEarly(stream, new EarlyMessage(ppid, payload.ToArray()));
            return false;
        }

        record.IsKnownToPeer = true;
        return TryTakeUserMessage(record, ppid, payload, out happened);
    }

    // RFC 8831 §6.6 and §8.
    private bool TryTakeUserMessage(
        DataChannelRecord record, PayloadProtocolId ppid, ReadOnlyMemory<byte> payload, out DataChannelEvent happened)
    {
        happened = default;
        if (ppid == PayloadProtocolId.BinaryPartial || ppid == PayloadProtocolId.TextPartial)
        {
            AddPart(record, payload.Span);
            return false;
        }

        var isEmpty = ppid == PayloadProtocolId.BinaryEmpty || ppid == PayloadProtocolId.TextEmpty;
        var isBinary = ppid == PayloadProtocolId.Binary || ppid == PayloadProtocolId.BinaryEmpty;
        if (!isEmpty && !isBinary && ppid != PayloadProtocolId.Text)
        {
            DropMessage(record.Id ?? default, "unknown payload protocol");
            return false;
        }

        if (isEmpty)
        {
            payload = default;
        }
        else if (record.Part is not null)
        {
            if (!AddPart(record, payload.Span))
            {
                return false;
            }

            payload = record.Part.WrittenMemory;
            ForgetParts(record);
        }

        happened = new DataChannelEvent
        {
            Kind = DataChannelEventKind.MessageReceived,
            Channel = record.Handle,
            Id = record.Id,
            IsBinary = isBinary,
            Payload = payload,
        };
        return true;
    }

    // The deprecated way of RFC 8831 §6.6: what is gathered is one message, and what all channels gather has one account.
    private bool AddPart(DataChannelRecord record, ReadOnlySpan<byte> payload)
    {
        var part = record.Part ??= new ArrayBufferWriter<byte>();
        var before = part.Capacity;
        if (part.WrittenCount + (long)payload.Length > _association.MaxMessageSize
            || _partBytes + payload.Length > 2 * _association.MaxMessageSize + PartsSlack)
        {
            ForgetParts(record);
            DropMessage(record.Id ?? default, "its parts are too large together");
            Close(record.Handle);
            return false;
        }

        part.Write(payload);
        _partBytes += part.Capacity - before;
        return true;
    }

    private void ForgetParts(DataChannelRecord record)
    {
        _partBytes -= record.Part?.Capacity ?? 0;
        record.Part = null;
    }

    private void DropMessage(StreamId stream, string why)
    {
        _messagesDropped++;
        _logger.MessageDropped(stream, why);
    }

    // RFC 8832 §6.
    private bool TryTakeControl(StreamId stream, ReadOnlySpan<byte> message, out DataChannelEvent happened)
    {
        happened = default;
        _byStream.TryGetValue(stream.Value, out var record);
        if (message[0] == DataChannelOpenMessage.AckType)
        {
            // §5.2 gives it one byte; Pion sends four.
            if (record is not null)
            {
                record.IsKnownToPeer = true;
            }

            return false;
        }

        if (!DataChannelOpenMessage.TryParse(message, out var parameters, out _)
            || record is not null
            || _announcedNames + 2 * message.Length > MaxAnnouncedNames)
        {
            _announcementsRefused++;
            // "the procedure to close the data channel is applied": a message that is none, or a stream in use.
            _logger.MessageDropped(stream, "no valid DATA_CHANNEL_OPEN");
            if (record is { Stage: DataChannelStage.Open })
            {
                BeginClosing(record);
            }
            else if (record is null)
            {
                _association.ResetStream(stream);
            }

            return false;
        }

        record = Add(parameters with { Id = stream.Value });
        record.Id = stream;
        record.Stage = DataChannelStage.Open;
        record.IsKnownToPeer = true;
        record.AnnouncedBytes = 2 * message.Length;
        _announcedNames += record.AnnouncedBytes;
        _byStream.Add(stream.Value, record);
        if (parameters.Priority != DataChannelParameters.NormalPriority)
        {
            _association.Prioritize(stream, parameters.Priority);
        }

        SendControl(record, DataChannelOpenMessage.Ack);
        _logger.ChannelAnnounced(stream);
        happened = new DataChannelEvent
        {
            Kind = DataChannelEventKind.ChannelAnnounced,
            Channel = record.Handle,
            Id = stream,
            Parameters = record.Parameters,
        };
        DeliverEarly(record, stream);
        return true;
    }

    // An unordered message may overtake the DATA_CHANNEL_OPEN, and a negotiated channel may be used before this side has opened it.
    private void KeepEarly(StreamId stream, EarlyMessage message)
    {
        _early.TryGetValue(stream.Value, out var messages);
        var cost = message.Payload.Length + EarlyOverhead + (messages is null ? EarlyStreamOverhead : 0);
        if (_earlyBytes + cost > MaxEarlyBytes || _hasEnded)
        {
            DropMessage(stream, "no channel");
            return;
        }

        _earlyBytes += cost;
        if (messages is null)
        {
            _early.Add(stream.Value, messages = []);
        }

        messages.Add(message);
    }

    private void DeliverEarly(DataChannelRecord record, StreamId stream)
    {
        foreach (var message in TakeEarly(stream))
        {
            if (TryTakeUserMessage(record, message.PayloadProtocolId, message.Payload, out var happened))
            {
                _events.Enqueue(happened);
            }
        }
    }

    private void ForgetEarly(StreamId stream) => TakeEarly(stream);

    private List<EarlyMessage> TakeEarly(StreamId stream)
    {
        if (!_early.Remove(stream.Value, out var messages))
        {
            return [];
        }

        _earlyBytes -= EarlyStreamOverhead + messages.Sum(message => message.Payload.Length + EarlyOverhead);
        return messages;
    }

    private bool TryCountDecrease(StreamId stream, long bytes, out DataChannelEvent happened)
    {
        happened = default;
        if (!_byStream.TryGetValue(stream.Value, out var record))
        {
            return false;
        }

        var uncounted = Math.Min(record.Uncounted, bytes);
        record.Uncounted -= uncounted;
        bytes = Math.Min(bytes - uncounted, record.Buffered);
        if (bytes == 0)
        {
            return false;
        }

        var before = record.Buffered;
        record.Buffered -= bytes;
        happened = new DataChannelEvent
        {
            Kind = DataChannelEventKind.BufferedAmountDecreased,
            Channel = record.Handle,
            Id = record.Id,
            Bytes = bytes,
        };
        if (before > record.LowThreshold && record.Buffered <= record.LowThreshold)
        {
            _events.Enqueue(
                new DataChannelEvent { Kind = DataChannelEventKind.BufferedAmountLow, Channel = record.Handle, Id = record.Id });
        }

        return true;
    }

    private readonly record struct EarlyMessage(PayloadProtocolId PayloadProtocolId, byte[] Payload, bool IsReset = false);
}
