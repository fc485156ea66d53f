-- The dispatches whose photo turns up again, with another event's dispatch or with a report: the few of which a model
-- must ask who used it first. Whether it did by a day is asked of these rows; one that turned up once by then is no less
-- alone for being here.
-- reads: grid_dispatch (dispatch_id, event_no, photo_hash, assigned_at, finished_at)
-- reads: grid_event (event_no, photo_hash)
with seen as (
    select photo_hash, event_no
    from grid_dispatch
    where photo_hash <> ''
),

shared as (
    select photo_hash
    from seen
    group by photo_hash
    having min(event_no) <> max(event_no)

    union

    select photo_hash
    from seen
    semi join grid_event using (photo_hash)
),

final as (
    select photo_hash, dispatch_id, event_no, assigned_at, finished_at
    from grid_dispatch
    semi join shared using (photo_hash)
    order by photo_hash, dispatch_id
)

select * from final
