"""Addresses of channels, for administrators, and of everybody's own tasks and calendar."""

from __future__ import annotations

from django.urls import URLPattern, path

from courtside.web.channels import calendar_views, task_views, views

urlpatterns: list[URLPattern] = [
    path("settings/channels/", views.channels, name="channels"),
    path("settings/channels/hosts/add/", views.host_add, name="channels_host_add"),
    path("settings/channels/hosts/remove/", views.host_remove, name="channels_host_remove"),
    path("settings/channels/add/", views.channel_add, name="channels_add"),
    path("settings/channels/try/", views.try_mail, name="channels_try_mail"),
    path("settings/channels/<int:channel_id>/try/", views.channel_try, name="channels_try"),
    path("settings/channels/<int:channel_id>/end/", views.channel_end, name="channels_end"),
    path("tasks/", task_views.tasks, name="tasks"),
    path("tasks/quiet/", task_views.quiet, name="tasks_quiet"),
    path("tasks/retry/", task_views.retry, name="tasks_retry"),
    path("tasks/<str:task>/", task_views.task, name="task"),
    path("account/calendar/", calendar_views.calendar, name="calendar"),
    path("account/calendar/make/", calendar_views.make, name="calendar_make"),
    path("account/calendar/end/", calendar_views.end, name="calendar_end"),
    path("calendar/<str:token>.ics", calendar_views.feed, name="calendar_feed"),
]
