namespace Parley;

// What a description may change, and how it is undone when one cannot be applied to its end.
public sealed partial class PeerConnection
{
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
