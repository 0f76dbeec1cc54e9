namespace Parley.Sctp;

// RFC 8831 §6.7: each side resets its outgoing stream; once both have, the id is free.
public sealed partial class DataChannelSession
{
    private void BeginClosing(DataChannelRecord record)
    {
        record.Stage = DataChannelStage.Closing;
        if (record.Id is not { } id || !_association.ResetStream(id))
        {
            Finish(record);
        }
    }

    private void OnIncomingReset(StreamId stream)
    {
        if (!_byStream.TryGetValue(stream.Value, out var record) || record.Stage == DataChannelStage.Waiting)
        {
            ForgetEarly(stream);
            return;
        }

        if (record.IsIncomingReset)
        {
            // The peer has closed the stream's next channel already.
            KeepEarly(stream, new EarlyMessage(default, [], IsReset: true));
            return;
        }

        record.IsIncomingReset = true;
        if (record.Stage == DataChannelStage.Open)
        {
            _events.Enqueue(new DataChannelEvent { Kind = DataChannelEventKind.ChannelClosing, Channel = record.Handle, Id = stream });
            BeginClosing(record);
        }
        else if (record.IsOutgoingReset)
        {
            Finish(record);
        }
    }

    private void OnOutgoingReset(StreamId stream, bool isRefused)
    {
        if (!_byStream.TryGetValue(stream.Value, out var record) || record.Stage != DataChannelStage.Closing)
        {
            return;
        }

        record.IsOutgoingReset = true;
        if (record.IsIncomingReset || isRefused)
        {
            Finish(record);
        }
    }

    private void Finish(DataChannelRecord record)
    {
        if (record.Stage == DataChannelStage.Closed)
        {
            return;
        }

        record.Stage = DataChannelStage.Closed;
        ForgetParts(record);
        _channels.Remove(record.Handle.Value);
        _announcedNames -= record.AnnouncedBytes;
        if (record.Id is { } id)
        {
            _byStream.Remove(id.Value);
            if (id.Value < _leastFreeId && id.Value % 2 == _leastFreeId % 2)
            {
                _leastFreeId = id.Value;
            }
        }

        _logger.ChannelClosed(record.Id);
        _events.Enqueue(new DataChannelEvent { Kind = DataChannelEventKind.ChannelClosed, Channel = record.Handle, Id = record.Id });
        if (record is { Id: { } stream, IsIncomingReset: true })
        {
            TakeHeld(stream);
        }
    }

    // The peer may learn earlier than this side that both streams are reset, and use the id again: what comes after its reset is for the
    // next channel.
    private void TakeHeld(StreamId stream)
    {
        foreach (var message in TakeEarly(stream))
        {
            if (message.IsReset)
            {
                OnIncomingReset(stream);
            }
            else if (TryTakeMessage(stream, message.PayloadProtocolId, message.Payload, out var happened))
            {
                _events.Enqueue(happened);
            }
        }
    }

    private void FinishAll()
    {
        _waiting.Clear();
        foreach (var stream in _early.Keys.ToArray())
        {
            ForgetEarly(new StreamId(stream));
        }

        foreach (var record in _channels.Values.ToArray())
        {
            Finish(record);
        }
    }
}
