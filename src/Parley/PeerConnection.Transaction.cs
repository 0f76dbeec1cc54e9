namespace Parley;

// What a description may change, and how it is undone when one cannot be applied to its end.
public sealed partial class PeerConnection
{
    /// <summary>What is asked of transports while a description is applied: it is done once that is applied to its end.</summary>
    private List<(DrivenTransport Transport, TransportOrder Order)>? _heldOrders;

    /// <summary>Asks something of a transport, in the order of the calls.</summary>
    internal void Post(DrivenTransport transport, TransportOrder order)
    {
        // While a description is applied only who applies it holds the gate.
        if (!Gate.IsHeldByCurrentThread || _heldOrders is not { } held)
        {
            transport.Post(order);
            return;
        }

        // A later plan takes the place of the one before, whole.
        var last = held.FindLastIndex(other => other.Transport == transport);
        if (order is TransportOrder.Apply && last >= 0 && held[last].Order is TransportOrder.Apply)
        {
            held[last] = (transport, order);
            return;
        }

        held.Add((transport, order));
    }

    /// <summary>Keeps back what is asked of transports with the gate held, until <see cref="ReleaseOrders"/>.</summary>
    internal void HoldOrders() => _heldOrders = [];

    /// <summary>Asks what was kept back, or forgets it. With the gate held.</summary>
    internal void ReleaseOrders(bool run)
    {
        var held = _heldOrders;
        _heldOrders = null;
        if (run)
        {
            held?.ForEach(static item => item.Transport.Post(item.Order));
        }
    }

    /// <summary>What undoes all that a description changes from now on. With the gate held.</summary>
    internal Action SaveDescriptionState()
    {
        List<Action> undo =
        [
            Keep(_sections), Keep(_transports), Keep(_pool), Keep(_transceivers), Keep(_dataChannels), Keep(_earlyCandidates),
            Keep(_retiring),
            Keep<List<MediaSection>>([.. _offeredSections], sections => _offeredSections = sections),
            Keep(NegotiatedMids), Keep(_channelIds), Keep(_localIceCredentialsToReplace), _payloadTypes.Save(), HeaderExtensions.Save(),
            .. _transceivers.Select(transceiver => transceiver.Save()),
            .. _transports.Concat(_pool).Select(transport => transport.Save()),
            .. _dataChannels.Select(channel => Keep(channel.Id, id => channel.Id = id)),
            .. _dataChannels.Select(channel => Keep(channel.ReadyState, state => channel.ReadyState = state)),
        ];
        if (SctpTransport is { } sctp)
        {
            undo.Add(sctp.Save());
        }

        var (currentLocal, currentRemote, pendingLocal, pendingRemote) = (_currentLocal, _currentRemote, _pendingLocal, _pendingRemote);
        var (offer, answer, signaling, stableSections, isBundled) =
            (_lastCreatedOffer, _lastCreatedAnswer, SignalingState, _stableSections, IsBundleEstablished);
        var (stableSctp, stableBundle, present, port, lowest) =
            (_stableSctpTransport, _stableBundleEstablished, SctpTransport, _remoteSctpPort, _lowestFreeChannelId);
        var (needed, init, connection, ice, gathering) =
            (_negotiationNeeded, _nextSctpInit, ConnectionState, IceConnectionState, IceGatheringState);
        undo.Add(() =>
        {
            (_currentLocal, _currentRemote, _pendingLocal, _pendingRemote) = (currentLocal, currentRemote, pendingLocal, pendingRemote);
            (_lastCreatedOffer, _lastCreatedAnswer, SignalingState, _stableSections, IsBundleEstablished) =
                (offer, answer, signaling, stableSections, isBundled);
            (_stableSctpTransport, _stableBundleEstablished, SctpTransport, _remoteSctpPort, _lowestFreeChannelId) =
                (stableSctp, stableBundle, present, port, lowest);
            (_negotiationNeeded, _nextSctpInit, ConnectionState, IceConnectionState, IceGatheringState) =
                (needed, init, connection, ice, gathering);
            DescriptionStateChanged();
        });
        return () => undo.ForEach(action => action());
    }

    private static Action Keep<T>(ICollection<T> collection)
    {
        T[] items = [.. collection];
        return () =>
        {
            collection.Clear();
            Array.ForEach(items, collection.Add);
        };
    }

    private static Action Keep<T>(T value, Action<T> restore) => () => restore(value);
}
